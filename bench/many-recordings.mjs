// A folder of very many tiny recordings, one in a hundred of them bad: how long a run takes that has nothing to do, compared
// with listing the folder and reading the state of each file.
//
//   npm run build && node bench/many-recordings.mjs [recordings]
//
// Prints the times, their ratio, and the peak memory. Exits with 1 unless exactly the bad recordings are reported and the
// second run sends nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../dist/service/service.js';
import { labelReader, nameOf, writeRecordings } from './folders/labelled-recordings.mjs';
import { measuredRun } from './folders/measured-run.mjs';

const count = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const service = await startService({ engine: labelReader(), port: 0, partials: false });
try {
  writeRecordings(folder, count, 0.1);
  const bad = Math.ceil(count / 100);
  for (let id = 1; id <= bad; id += 1)
    writeFileSync(join(folder, `${nameOf(id * 100)}.wav`), 'This is not audio.');
  const first = await run();
  const listMs = await timeOf(async () => {
    for (const name of await readdir(folder)) await stat(join(folder, name));
  });
  const second = await run();
  const { done, failed, sentSeconds } = first.summary;
  console.log(
    `first run: ${done} done, ${failed} failed in ${seconds(first.ms)}, peak ${first.peakMb.toFixed(0)} MB`,
  );
  console.log(
    `second run: ${second.summary.skipped} skipped in ${seconds(second.ms)}, ${second.summary.sentSeconds} s sent, ` +
      `peak ${second.peakMb.toFixed(0)} MB; listing with all states: ${seconds(listMs)}, ratio ${(second.ms / listMs).toFixed(1)}`,
  );
  const isRight =
    failed === bad && done === count - bad && second.summary.sentSeconds === 0 && sentSeconds > 0;
  if (!isRight) process.exitCode = 1;
} finally {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
}

async function run() {
  const flags = ['--base-url', service.url, '--concurrency', '32'];
  return await measuredRun('transcribe', folder, ...flags, '-f', 'jsonl');
}

async function timeOf(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
