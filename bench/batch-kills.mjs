// `kill -9` at random instants of a batch, until a run ends by itself; then again with an empty folder.
//
//   npm run build && node bench/batch-kills.mjs [kills] [recordings] [seed]
//
// Prints the number of kills, and of wrong outputs, lost or repeated sentences, finished recordings that were sent again,
// and stray files. Exits with 1 unless all are 0.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../dist/service/service.js';
import { labelReader, nameOf, textOf, writeRecordings } from './folders/labelled-recordings.mjs';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const SECONDS = 4;

const [kills = 100, recordings = 200, seed = 1] = process.argv.slice(2).map(Number);
let state = seed;
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;

const finished = new Set();
const sum = { kills: 0, rounds: 0, wrong: 0, sentences: 0, sentAgain: 0, stray: 0 };
const engine = labelReader((id) => {
  if (finished.has(id)) sum.sentAgain += 1;
});
const service = await startService({ engine, port: 0, partials: false });
const root = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
try {
  while (sum.kills < kills) {
    const folder = join(root, String(sum.rounds));
    finished.clear();
    writeRecordings(folder, recordings, SECONDS);
    while (await isKilled(folder)) {
      sum.kills += 1;
      for (const id of finishedIn(folder)) finished.add(id);
    }
    check(folder);
    sum.rounds += 1;
    rmSync(folder, { recursive: true });
  }
} finally {
  await service.close();
  rmSync(root, { recursive: true, force: true });
}
console.log(
  `${sum.kills} kills in ${sum.rounds} batches of ${recordings} recordings: ${sum.wrong} wrong outputs, ` +
    `${sum.sentences} sentences lost or repeated, ${sum.sentAgain} s of finished recordings sent again, ${sum.stray} stray files`,
);
if (sum.wrong + sum.sentences + sum.sentAgain + sum.stray > 0) process.exitCode = 1;

/** Runs the batch, and kills it after a random time. @returns Whether it was killed before its end. */
async function isKilled(folder) {
  const args = ['transcribe', folder, '--base-url', service.url, '-q', '--concurrency', '8'];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'inherit' });
  const timer = setTimeout(() => child.kill('SIGKILL'), 300 + random() * 2500);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  if (signal === 'SIGKILL') return true;
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  return false;
}

function finishedIn(folder) {
  const lines = read(join(folder, '.fun-asr', 'ledger.jsonl'))
    .split('\n')
    .filter(Boolean);
  return lines.flatMap((line) => {
    try {
      const { input, isFinished } = JSON.parse(line);
      return isFinished ? [Number(/r(\d+)/.exec(input)?.[1])] : [];
    } catch {
      return [];
    }
  });
}

function check(folder) {
  for (let id = 1; id <= recordings; id += 1) {
    const texts = read(join(folder, `${nameOf(id)}.jsonl`))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).text);
    const expected = Array.from({ length: SECONDS }, (_, second) => textOf(id, second));
    sum.sentences += expected.filter((text) => texts.filter((one) => one === text).length !== 1).length;
    const srt = read(join(folder, `${nameOf(id)}.srt`)).replaceAll('\n', ' ');
    if (String(texts) !== String(expected) || !expected.every((text) => srt.includes(text))) sum.wrong += 1;
  }
  const allowed = /^(r\d+\.(wav|srt|jsonl)|\.fun-asr)$/;
  const allowedState = /^(ledger|content|[\da-f]{32}\.journal)\.jsonl$/;
  sum.stray += readdirSync(folder).filter((name) => !allowed.test(name)).length;
  sum.stray += readdirSync(join(folder, '.fun-asr')).filter((name) => !allowedState.test(name)).length;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
