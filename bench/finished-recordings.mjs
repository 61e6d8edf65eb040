// A run over very many recordings that are all finished, except for one in a hundred that is bad. The files of a first run are
// written directly: it would take hours.
//
//   npm run build && node bench/finished-recordings.mjs [recordings]
//
// Prints the time of the run, that of listing the folder with the states of all files, their ratio, and the peak memory, for a
// tenth of the recordings and for all. Exits with 1 unless exactly the bad recordings fail, nothing is sent, and, for all of
// them, the ratios are below their targets.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalName } from '../dist/batch/state/journal/journal.js';
import { settingsDigest } from '../dist/batch/state/settings.js';
import { labelledWav, nameOf } from './folders/labelled-recordings.mjs';
import { measuredRun } from './folders/measured-run.mjs';

/** Nothing is sent, so that there need not be a service. */
const SERVICE = ['--engine', 'cloud', '--base-url', 'ws://127.0.0.1:1'];
const TIME_TARGET = 5;
const MEMORY_TARGET = 3;
const SENTENCE = { sentence_id: 1, begin_time: 0, end_time: 100, text: 'x', words: [], sentence_end: true };
const RECORD = {
  durationMs: 100,
  sentences: 1,
  engine: 'cloud',
  model: 'fun-asr-realtime',
  isPartial: false,
};
const count = Number(process.argv[2] ?? 100_000);
const parameters = settingsDigest('cloud', { engine: 'cloud' });

const small = await measure(Math.ceil(count / 10));
const large = await measure(count);
const growth = large.peakMb / small.peakMb;
console.log(
  `peak memory with 10 times as many recordings: ${growth.toFixed(1)} times (target ${MEMORY_TARGET})`,
);
if (large.ratio > TIME_TARGET || growth > MEMORY_TARGET) process.exitCode = 1;

async function measure(recordings) {
  const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
  try {
    mkdirSync(join(folder, '.fun-asr'));
    for (let id = 1; id <= recordings; id += 1) writeFinished(folder, id);
    const startedAt = performance.now();
    for (const name of await readdir(folder)) await stat(join(folder, name));
    const listMs = performance.now() - startedAt;
    const { ms, peakMb, summary } = await measuredRun('transcribe', folder, ...SERVICE, '-f', 'jsonl');
    const ratio = ms / listMs;
    console.log(
      `${recordings} recordings: ${summary.skipped} skipped, ${summary.failed} failed, ${summary.sentSeconds} s sent in ${(ms / 1000).toFixed(1)} s; ` +
        `listing ${(listMs / 1000).toFixed(1)} s, ratio ${ratio.toFixed(1)} (target ${TIME_TARGET}); peak ${peakMb.toFixed(0)} MB`,
    );
    const bad = Math.floor(recordings / 100);
    const isRight =
      summary.failed === bad && summary.skipped === recordings - bad && summary.sentSeconds === 0;
    if (!isRight) process.exitCode = 1;
    return { ratio, peakMb };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a recording, its output, its journal and its entries, as a run leaves them. */
function writeFinished(folder, id) {
  const append = (name, line) => appendFileSync(join(folder, '.fun-asr', name), `${JSON.stringify(line)}\n`);
  const input = `${nameOf(id)}.wav`;
  const path = join(folder, input);
  if (id % 100 === 0) return writeFileSync(path, 'This is not audio.');
  const wav = labelledWav(id, 0.1);
  writeFileSync(path, wav);
  const key = { input, content: hashOf(wav), parameters };
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
  const stamp = [size, mtimeNs, ctimeNs, ino].join('-');
  append('content.jsonl', { input, content: key.content, stamp });
  const text = `${JSON.stringify(SENTENCE)}\n`;
  const name = `${nameOf(id)}.jsonl`;
  writeFileSync(join(folder, name), text);
  const output = statSync(join(folder, name));
  const outputs = [{ name, size: output.size, mtimeMs: output.mtimeMs, content: hashOf(text) }];
  append('ledger.jsonl', { ...key, ...RECORD, outputs, isFinished: true, at: 1 });
  const journal = [key, { sentence: SENTENCE }, { finished: RECORD }].map(
    (line) => `${JSON.stringify(line)}\n`,
  );
  writeFileSync(join(folder, '.fun-asr', journalName(key)), journal.join(''));
}

function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
