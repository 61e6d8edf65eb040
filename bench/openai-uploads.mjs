// Peak memory of a service with the door for clients of OpenAI's API, for a short and a long upload, with an engine that
// answers at once: the local engine is not included.
//
//   npm run build && node bench/openai-uploads.mjs [hours]
//
// Prints both peaks and their ratio, which shows growth with the length. Exits with 1 if the ratio is above the target, or if the
// service leaves a file.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openAsBlob, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '../dist/audio/ffmpeg/find-ffmpeg.js';

const FIXTURE = new URL('../fixtures/sense-and-sensibility.mp3', import.meta.url).pathname;
const SERVER = new URL('./openai-uploads/server.mjs', import.meta.url).pathname;
/** Otherwise the peak shows how late memory is freed, and not how much is in use. */
const SMALL_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=2'];
const SHORT_S = 600;
const TARGET_RATIO = 1.5;

const { path: ffmpeg } = await findFfmpeg();

const hours = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const temporary = join(folder, 'tmp');
mkdirSync(temporary);
const server = spawn(process.execPath, [...SMALL_HEAP, SERVER], {
  env: { ...process.env, TMPDIR: temporary },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = await once(server.stdout, 'data');
  const api = String(line).trim();
  const shortPath = recording('short.wav', SHORT_S);
  const longPath = recording('long.wav', hours * 3600);
  // A first upload loads all code.
  await upload(api, shortPath);
  const short = await upload(api, shortPath);
  const long = await upload(api, longPath);
  const ratio = long.peakMb / short.peakMb;
  console.log(`10 min: ${short.sizeMb.toFixed(0)} MB sent, peak ${short.peakMb.toFixed(0)} MB`);
  console.log(
    `${hours} h: ${long.sizeMb.toFixed(0)} MB sent, ${long.segments} segments, peak ${long.peakMb.toFixed(0)} MB`,
  );
  console.log(`ratio ${ratio.toFixed(2)} (target ${TARGET_RATIO})`);
  const left = readdirSync(temporary);
  if (left.length > 0) console.log(`left behind: ${left.join(', ')}`);
  if (ratio > TARGET_RATIO || left.length > 0) process.exitCode = 1;
} finally {
  server.kill();
  rmSync(folder, { recursive: true });
}

/** Makes a WAV file of speech. */
function recording(name, seconds) {
  const path = join(folder, name);
  const output = ['-t', String(seconds), '-ar', '16000', '-ac', '1', path];
  spawnSync(ffmpeg, ['-nostdin', '-loglevel', 'error', '-stream_loop', '-1', '-i', FIXTURE, ...output]);
  return path;
}

/** Uploads a file from the disk. Returns the peak of the resident memory of the service during the request. */
async function upload(api, path) {
  const file = await openAsBlob(path);
  const form = new FormData();
  form.append('file', file, 'recording.wav');
  form.append('response_format', 'verbose_json');
  form.append('timestamp_granularities[]', 'word');
  form.append('timestamp_granularities[]', 'segment');
  let peakMb = 0;
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(server.pid));
  }, 50);
  const response = await fetch(`${api}/audio/transcriptions`, { method: 'POST', body: form });
  const { segments } = await response.json();
  clearInterval(timer);
  if (!response.ok) throw new Error(`the answer was ${response.status}`);
  return { peakMb, sizeMb: file.size / 1_000_000, segments: segments.length };
}

function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
