// Lost sentences under faults: the official Python SDK, plain `ws`, and fun-asr-streams with the same test service, audio
// and faults.
//
//   npm run build && node bench/losses.mjs <path of the Python SDK> [python] [start of a row's name, default: all rows]
//
// Prints the tables of docs/reliability.md on stdout and each run on stderr. Exits with 1 if fun-asr-streams loses anything.
//
// The audio is self-describing, so the fate of each sentence is known. Live audio is sent at ten times the speed of speech;
// a file is sent as fast as its client can. Each client is used as its documentation shows, with its defaults. A sentence
// counts as soon as the user has received it. A loss is reported if the user learns of it by a callback, an exception, a
// status, or the exit of the program; otherwise it is silent.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { cell, isPerfect, line } from './losses/outcome.mjs';
import { record } from './losses/recordings.mjs';
import { outcomeOf } from './losses/run.mjs';
import { rows, UNDETECTABLE } from './losses/schedules.mjs';

const SPEED = 10;
/** High, because the runs mostly wait. */
const CONCURRENCY = 8;

const [sdk, python = 'python3', wanted] = process.argv.slice(2);
const pathOf = (name) => new URL(`losses/${name}`, import.meta.url).pathname;
const ours = (name, script) => ({ name, command: process.execPath, script: pathOf(script), isOurs: true });
const inPython = { command: python, script: pathOf('sdk.py'), env: { PYTHONPATH: sdk } };
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const TABLES = [
  {
    title: 'Live audio',
    audioOf: (seed) => [join(folder, `${seed}.pcm`), String(SPEED)],
    clients: [
      { name: 'Python SDK, `start`', ...inPython },
      { name: 'plain `ws`', command: process.execPath, script: pathOf('plain.mjs') },
      ours('fun-asr-streams, `recognize`', 'recognize.mjs'),
    ],
  },
  {
    title: 'A file',
    ignoredRow: UNDETECTABLE,
    audioOf: (seed) => [join(folder, `${seed}.wav`)],
    clients: [
      { name: 'Python SDK, `call`', ...inPython },
      ours('fun-asr-streams, `transcribe`', 'transcribe.mjs'),
    ],
  },
];

const limit = pLimit(CONCURRENCY);
const chosen = rows(wanted);
try {
  const seeds = new Set(chosen.flatMap(({ runs }) => runs.map(({ seed }) => seed)));
  for (const seed of seeds) await record(seed, folder);
  const tables = await Promise.all(
    TABLES.map((table) => Promise.all(chosen.map((row) => runRow(table, row)))),
  );
  for (const [index, { title, clients }] of TABLES.entries()) print(title, clients, tables[index]);
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs all clients for a row. Returns the cells of the row. */
async function runRow({ audioOf, clients, ignoredRow }, { name, limitMs, runs }) {
  const attempt = async (client, { seed, faults }) => {
    const outcome = await outcomeOf(client, { seed, faults, limitMs, audio: audioOf(seed) });
    console.error(line(client.name, faults, outcome));
    if (client.isOurs && name !== ignoredRow && !isPerfect(outcome)) process.exitCode = 1;
    return outcome;
  };
  const outcomes = await Promise.all(
    clients.map((client) => Promise.all(runs.map((run) => limit(attempt, client, run)))),
  );
  const sentences = outcomes[0].reduce((sum, { total }) => sum + total, 0);
  return [name, sentences, ...outcomes.map(cell)];
}

function print(title, clients, lines) {
  const head = ['fault', 'sentences', ...clients.map(({ name }) => name)];
  console.log(`\n${title}:\n`);
  for (const cells of [head, head.map(() => '---'), ...lines]) console.log(`| ${cells.join(' | ')} |`);
}
