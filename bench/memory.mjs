// Peak memory of `fun-asr transcribe` on a long recording, with a service that answers at once, as the cloud would: the
// local engine is not included.
//
//   npm run build && node bench/memory.mjs [hours]
//
// Prints the peak in MB, and the ratio of the peaks in the last and the first third, which shows growth with the length.
// Exits with 1 if the peak is above the target.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '../dist/audio/ffmpeg/find-ffmpeg.js';
import { startService } from '../dist/service/service.js';
import { periodicEngine } from './engines/periodic-engine.mjs';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const FIXTURE = new URL('../fixtures/sense-and-sensibility.mp3', import.meta.url).pathname;
const TARGET_MB = 150;

const hours = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const service = await startService({ engine: periodicEngine(), port: 0, partials: false });
try {
  const recording = join(folder, 'long.mp3');
  const ffmpeg = await findFfmpeg();
  const loop = ['-stream_loop', '-1', '-i', FIXTURE, '-t', String(hours * 3600), '-c', 'copy', recording];
  spawnSync(ffmpeg.path, ['-nostdin', '-loglevel', 'error', ...loop]);
  const samples = await watch(['transcribe', recording, '--base-url', service.url, '-q', '-f', 'all']);
  const third = Math.floor(samples.length / 3);
  const [early, late, peak] = [samples.slice(0, third), samples.slice(-third), samples].map((part) =>
    Math.max(...part),
  );
  console.log(`${hours} h of audio: peak ${peak.toFixed(0)} MB (target ${TARGET_MB} MB)`);
  console.log(
    `peak of the last third over the first: ${late.toFixed(0)} / ${early.toFixed(0)} MB, ratio ${(late / early).toFixed(2)}`,
  );
  if (peak > TARGET_MB) process.exitCode = 1;
} finally {
  await service.close();
  rmSync(folder, { recursive: true });
}

/** Runs the program. Resolves to samples of its resident memory in MB, ten per second. */
async function watch(args) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'inherit' });
  const samples = [];
  const timer = setInterval(() => {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(statusOf(child.pid))?.[1];
    if (kilobytes) samples.push(Number(kilobytes) / 1024);
  }, 100);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  return samples;
}

/** Reads the status of a process (Linux); empty after it has ended. */
function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
