// CPU time of `fun-asr transcribe` with the local engine, FFmpeg included, compared with bare-engine.mjs on the same audio,
// already decoded.
//
//   npm run build && node bench/engine-cost.mjs <recording or folder>... [--rounds n]
//
// Prints the CPU time of both, their ratio, and the number of cores that the program uses: with `--language en`, and without
// it, which adds the check of the language by a second model. Exits with 1 if the first ratio is above the target.
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
  const [named, checked, bare] = [[], [], []];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    bare.push(measure(BARE, pcm));
    named.push(transcribe(`named-${round}`, '--language', 'en'));
    checked.push(transcribe(`checked-${round}`));
  }
  const perSecond = ({ cpu }) =>
    `${cpu.toFixed(1)} s of CPU, ${(cpu / seconds).toFixed(4)} s per second of audio`;
  console.log(`bare loop: ${perSecond(best(bare))}`);
  const variants = { 'with --language en': named, 'without a language': checked };
  for (const [name, runs] of Object.entries(variants)) {
    const { cpu, wall } = best(runs);
    const ratio = cpu / best(bare).cpu;
    console.log(`transcribe ${name}: ${perSecond({ cpu })}, ratio ${ratio.toFixed(3)}`);
    console.log(
      `  cores used: ${(cpu / wall).toFixed(2)} of ${availableParallelism()} (CPU time over elapsed time)`,
    );
    if (runs === named && ratio > TARGET) {
      console.log(`  above ${TARGET}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

function transcribe(name, ...flags) {
  const output = ['-f', 'jsonl', '-o', join(folder, name)];
  return measure(PROGRAM, ['transcribe', ...recordings, '--engine', 'local', '-q', ...flags, ...output]);
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
