// CPU time of `fun-asr transcribe` with the local engine, FFmpeg included, compared with bare-engine.mjs on the same audio,
// already decoded.
//
//   npm run build && node bench/engine-cost.mjs <recording or folder>... [--rounds n]
//
// Prints the CPU time of both, their ratio, and the number of cores that the program uses. Exits with 1 if the ratio is
// above the target.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { globSync } from 'tinyglobby';
import { decodeFile } from '../dist/audio/decode-file.js';
import { pullModel } from '../dist/engines/models/model-pull.js';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const BARE = new URL('bare-engine.mjs', import.meta.url).pathname;
const TARGET = 1.15;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '2' } },
});
const recordings = positionals.flatMap((path) =>
  statSync(path).isDirectory()
    ? globSync('**/*.{wav,mp3,flac,ogg,m4a,webm}', { cwd: path, absolute: true })
    : path,
);
await pullModel('moonshine-base');
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
try {
  const pcm = await decodeAll();
  const seconds = pcm.reduce((sum, path) => sum + statSync(path).size, 0) / 32_000;
  console.log(
    `${recordings.length} recordings, ${seconds.toFixed(0)} s of audio, best of ${values.rounds} rounds`,
  );
  const [ours, bare] = [[], []];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    bare.push(measure(BARE, pcm));
    const output = join(folder, `output-${round}`);
    ours.push(
      measure(PROGRAM, ['transcribe', ...recordings, '--engine', 'local', '-q', '-f', 'jsonl', '-o', output]),
    );
  }
  report(seconds, best(ours), best(bare));
} finally {
  rmSync(folder, { recursive: true });
}

async function decodeAll() {
  const decoded = [];
  for (const [index, recording] of recordings.entries()) {
    const path = join(folder, `${index}.pcm`);
    await pipeline(decodeFile(recording), createWriteStream(path));
    decoded.push(path);
  }
  return decoded;
}

/** Runs a program. Returns the CPU time of it and its children, and the elapsed time, in s. */
function measure(program, args) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@"';
  const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (status !== 0) throw new Error(stderr);
  const [wall, user, system] = stderr.trimEnd().split('\n').at(-1).split(' ').map(Number);
  return { cpu: user + system, wall };
}

function best(runs) {
  return runs.reduce((least, run) => (run.cpu < least.cpu ? run : least));
}

function report(seconds, ours, bare) {
  const ratio = ours.cpu / bare.cpu;
  const verdict = ratio <= TARGET ? 'ok' : `above ${TARGET}`;
  const perSecond = ({ cpu }) => (cpu / seconds).toFixed(4);
  console.log(`bare loop: ${bare.cpu.toFixed(1)} s of CPU, ${perSecond(bare)} s per second of audio`);
  console.log(`transcribe: ${ours.cpu.toFixed(1)} s of CPU, ${perSecond(ours)} s per second of audio`);
  console.log(`ratio ${ratio.toFixed(3)} (${verdict})`);
  console.log(
    `cores used: ${(ours.cpu / ours.wall).toFixed(2)} of ${availableParallelism()} (CPU time over elapsed time)`,
  );
  if (ratio > TARGET) process.exitCode = 1;
}
