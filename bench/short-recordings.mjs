// Throughput of short recordings: a service that finishes a task only after some time allows a number of tasks a second.
//
//   npm run build && node bench/short-recordings.mjs [recordings]
//
// Prints the share of that number that a run reaches, and what a recording of 2 s costs beside the start of FFmpeg.
// Exits with 1 when the share is below the target.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFfmpeg } from '../dist/audio/ffmpeg/find-ffmpeg.js';
import { transcribeBatch } from '../dist/batch/batch.js';
import { startService } from '../dist/service/service.js';
import { labelReader, nameOf, writeRecordings } from './folders/labelled-recordings.mjs';

const TARGET = 0.9;
/** Tasks at a time, and the time that the service takes for each after its audio. */
const [TASKS, TASK_MS] = [4, 1000];
const count = Number(process.argv[2] ?? 60);

const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
try {
  writeRecordings(folder, count, 2);
  const slowMs = await runWith(slow(labelReader()), TASKS, 'slow');
  const allowed = (TASKS * 1000) / TASK_MS;
  const share = (count * 1000) / slowMs / allowed;
  console.log(
    `${((count * 1000) / slowMs).toFixed(2)} of ${allowed} recordings a second that the service allows: ${share.toFixed(2)} (target ${TARGET})`,
  );
  const eachMs = (await runWith(labelReader(), 1, 'fast')) / count;
  const ffmpegMs = ffmpegStart(join(folder, `${nameOf(1)}.wav`), (await findFfmpeg()).path);
  console.log(
    `a recording of 2 s takes ${eachMs.toFixed(0)} ms, FFmpeg alone ${ffmpegMs.toFixed(0)} ms: ratio ${(eachMs / ffmpegMs).toFixed(1)}`,
  );
  if (share < TARGET) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Transcribes all recordings. @returns The time it took, in ms. */
async function runWith(engine, concurrency, name) {
  const service = await startService({ engine, port: 0, partials: false });
  const startedAt = performance.now();
  const report = await transcribeBatch({
    inputs: [folder],
    outputDir: join(folder, name),
    concurrency,
    transcription: { engine: 'cloud', baseUrl: service.url },
  });
  const ms = performance.now() - startedAt;
  await service.close();
  if (report.done !== count) throw new Error(`${report.done} of ${count} recordings are done`);
  return ms;
}

/** Makes an engine wait at the end of each stream. */
function slow(engine) {
  return {
    ...engine,
    open(options) {
      const stream = engine.open(options);
      return {
        ...stream,
        async end() {
          await sleep(TASK_MS);
          await stream.end();
        },
      };
    },
  };
}

/** Time that FFmpeg takes for a recording, in ms: the median of 15. */
function ffmpegStart(path, ffmpeg) {
  const times = Array.from({ length: 15 }, () => {
    const startedAt = performance.now();
    spawnSync(ffmpeg, ['-nostdin', '-loglevel', 'error', '-i', path, '-f', 's16le', '-ar', '16000', '-'], {
      maxBuffer: 2 ** 24,
    });
    return performance.now() - startedAt;
  });
  return times.toSorted((one, other) => one - other)[7] ?? 0;
}
