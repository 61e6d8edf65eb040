// A run over very many recordings that are all finished, except for one in a hundred that is bad. The files of a first run are
// written directly: it would take hours.
//
//   npm run build && node bench/finished-recordings.mjs [recordings]
//
// Prints the time of the run, that of listing the folder with the states of all files, their ratio, and the peak memory. Exits
// with 1 unless exactly the bad recordings fail, nothing is sent, and the ratio is below its target.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalName } from '../dist/batch/state/journal.js';
import { settingsDigest } from '../dist/batch/state/settings.js';
import { labelledWav, nameOf } from './folders/labelled-recordings.mjs';
import { measuredRun } from './folders/measured-run.mjs';

/** Nothing is sent, so that there need not be a service. */
const SERVICE = ['--engine', 'cloud', '--base-url', 'ws://127.0.0.1:1'];
const TARGET = 5;
const SENTENCE = { sentence_id: 1, begin_time: 0, end_time: 100, text: 'x', words: [], sentence_end: true };
const RECORD = {
  durationMs: 100,
  sentences: 1,
  engine: 'cloud',
  model: 'fun-asr-realtime',
  isPartial: false,
};
const count = Number(process.argv[2] ?? 100_000);
const bad = Math.floor(count / 100);
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const state = join(folder, '.fun-asr');
const parameters = settingsDigest('cloud', { engine: 'cloud' });
try {
  mkdirSync(state);
  for (let id = 1; id <= count; id += 1) writeFinished(id);
  const startedAt = performance.now();
  for (const name of await readdir(folder)) await stat(join(folder, name));
  const listMs = performance.now() - startedAt;
  const { ms, peakMb, summary } = await measuredRun('transcribe', folder, ...SERVICE, '-f', 'jsonl');
  const ratio = ms / listMs;
  console.log(
    `${count} recordings: ${summary.skipped} skipped, ${summary.failed} failed, ${summary.sentSeconds} s sent in ${(ms / 1000).toFixed(1)} s; ` +
      `listing ${(listMs / 1000).toFixed(1)} s, ratio ${ratio.toFixed(1)} (target ${TARGET}); peak ${peakMb.toFixed(0)} MB`,
  );
  const isRight = summary.failed === bad && summary.skipped === count - bad && summary.sentSeconds === 0;
  if (!isRight || ratio > TARGET) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes a recording, its output, its journal and its entries, as a run leaves them. */
function writeFinished(id) {
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
  for (const line of [key, { sentence: SENTENCE }, { finished: RECORD }]) append(journalName(key), line);
}

function append(name, line) {
  appendFileSync(join(state, name), `${JSON.stringify(line)}\n`);
}

function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
