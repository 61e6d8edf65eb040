// Further formats of finished recordings: made of kept text, without a service.
//
//   npm run build && node bench/kept-formats.mjs [recordings]
//
// Prints the time of the first run, and of the one that adds formats. Exits with 1 when anything is sent for the formats.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../dist/service/service.js';
import { transcribeBatch } from '../dist/batch/batch.js';
import { labelReader, writeRecordings } from './folders/labelled-recordings.mjs';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const count = Number(process.argv[2] ?? 1000);
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const service = await startService({ engine: labelReader(), port: 0, partials: false });
try {
  writeRecordings(folder, count, 2);
  const startedAt = performance.now();
  const first = await transcribeBatch({
    inputs: [folder],
    concurrency: 16,
    transcription: { engine: 'cloud', baseUrl: service.url },
  });
  const firstMs = performance.now() - startedAt;
  await service.close();
  const addedAt = performance.now();
  const args = ['transcribe', folder, '--base-url', service.url, '-f', 'vtt,txt', '--json', '-q'];
  const { stdout } = spawnSync(process.execPath, [PROGRAM, ...args], { maxBuffer: 2 ** 30 });
  const addedMs = performance.now() - addedAt;
  const summary = JSON.parse(String(stdout).trim().split('\n').at(-1));
  const written = readdirSync(folder).filter((name) => /\.(vtt|txt)$/.test(name)).length;
  console.log(`${first.done} recordings in ${(firstMs / 1000).toFixed(1)} s`);
  console.log(
    `${written} files in 2 further formats in ${(addedMs / 1000).toFixed(1)} s, ${(addedMs / firstMs).toFixed(2)} of that; ` +
      `${summary.sentSeconds} s sent`,
  );
  if (summary.sentSeconds > 0 || written !== 2 * count) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
