// Errors of the file system at each operation on the outputs of a batch: a full disk, a disk that is write-protected, a folder
// without rights, a broken disk, no free file handles. After each, the same command runs without errors.
//
//   npm run build && node bench/file-system-errors.mjs [step] [codes] [first]
//
// Each `step`th operation fails, from the `first` one on (default 1: every one). Prints the numbers of runs with a wrong exit code or message, of half
// files, of seconds that were sent after the disk was full, and of recordings that the next run did not complete or sent
// again. Exits with 1 unless all are 0.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../dist/service/service.js';
import { labelReader, nameOf, textOf, writeRecordings } from './folders/labelled-recordings.mjs';

const PROGRAM = new URL('../dist/cli/main.js', import.meta.url).pathname;
const INJECT = new URL('file-system-errors/inject.mjs', import.meta.url).href;
const [RECORDINGS, SECONDS] = [3, 3];
const step = Number(process.argv[2] ?? 1);
const first = Number(process.argv[4] ?? 1);
const codes = (process.argv[3] ?? 'ENOSPC,EACCES,EROFS,EIO,EMFILE').split(',');
/** What a run may say of an error, and how it may end. */
const EXPECTED = {
  ENOSPC: [/E_DISK_FULL/, [1]],
  EACCES: [/E_WRITE|E_READ|E_LOCKED/, [1]],
  EROFS: [/E_WRITE/, [1]],
  EIO: [/E_WRITE|E_READ|E_LOCKED|E_CHANGED/, [1, 2]],
  EMFILE: [/E_WRITE|E_READ|E_LOCKED/, [1, 2]],
};

const root = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const talks = join(root, 'talks');
const out = join(root, 'out');
writeRecordings(talks, RECORDINGS, SECONDS);
/** When each second was heard, by its text. */
let heard = new Map();
const engine = labelReader((id, second) => {
  const text = textOf(id, second);
  heard.set(text, [...(heard.get(text) ?? []), Date.now()]);
}, 20);
const service = await startService({ engine, port: 0, partials: false });
const sum = { runs: 0, exits: 0, halves: 0, sentLate: 0, unfinished: 0, sentAgain: 0 };
try {
  for (const code of codes) {
    const operations = await countOperations(code);
    for (let at = first; at <= operations; at += step) await tryAt(code, at);
    process.stderr.write(`\r${code}: ${operations} operations\n`);
  }
} finally {
  await service.close();
  rmSync(root, { recursive: true, force: true });
}
console.log(
  `${sum.runs} runs with an error: ${sum.exits} wrong exits or messages, ${sum.halves} half files, ` +
    `${sum.sentLate} s sent after the disk was full, ${sum.unfinished} recordings not completed by the next run, ` +
    `${sum.sentAgain} finished recordings sent again`,
);
if (sum.exits + sum.halves + sum.sentLate + sum.unfinished + sum.sentAgain > 0) process.exitCode = 1;

async function countOperations(code) {
  rmSync(out, { recursive: true, force: true });
  const file = join(root, 'count');
  const { exitCode, stderr } = await run({ FAULT_CODE: code, FAULT_COUNT: file });
  if (exitCode !== 0) throw new Error(stderr);
  return Number(readFileSync(file, 'utf8'));
}

async function tryAt(code, at) {
  rmSync(out, { recursive: true, force: true });
  heard = new Map();
  const log = join(root, 'log');
  rmSync(log, { force: true });
  const { exitCode, stderr } = await run({ FAULT_CODE: code, FAULT_AT: at, FAULT_LOG: log });
  sum.runs += 1;
  const [operation = '', path = '', time = ''] = existsSync(log) ? readFileSync(log, 'utf8').split(' ') : [];
  const report = (problem) => process.stderr.write(`\r${code} at ${at} (${operation} ${path}): ${problem}\n`);
  const [message, exitCodes] = EXPECTED[code];
  const finished = finishedRecordings();
  const isRight =
    exitCode === 0 ? finished.length === RECORDINGS : exitCodes.includes(exitCode) && message.test(stderr);
  if (operation !== '' && (!isRight || /E_INTERNAL/.test(stderr))) {
    sum.exits += 1;
    report(`exit code ${exitCode}, ${finished.length} finished: ${stderr.trim().slice(0, 400)}`);
  }
  for (const name of list(out).filter((one) => /\.(srt|jsonl)$/.test(one) && !one.includes('.partial.'))) {
    if (isWhole(name)) continue;
    sum.halves += 1;
    report(`half a file: ${name}`);
  }
  if (code === 'ENOSPC') {
    // What was on its way when the disk became full is heard a little later.
    const late = [...heard.values()].flat().filter((when) => when > Number(time) + 2000);
    if (late.length > 0) report(`${late.length} s sent after the disk was full`);
    sum.sentLate += late.length;
  }
  const before = new Map(heard);
  const next = await run({});
  const again = finished.filter(
    (id) => heard.get(textOf(id, 0))?.length !== before.get(textOf(id, 0))?.length,
  );
  if (again.length > 0) report(`sent again: ${again.join(', ')}`);
  sum.sentAgain += again.length;
  const left = RECORDINGS - finishedRecordings().length;
  if (left > 0 || next.exitCode !== 0)
    report(`next run: exit code ${next.exitCode}, ${left} not completed: ${next.stderr.trim()}`);
  sum.unfinished += Math.max(left, next.exitCode === 0 ? 0 : 1);
}

/** The numbers of the recordings all of whose outputs are there. */
function finishedRecordings() {
  const ids = Array.from({ length: RECORDINGS }, (_, index) => index + 1);
  return ids.filter((id) => ['srt', 'jsonl'].every((format) => isWhole(`${nameOf(id)}.${format}`)));
}

function isWhole(name) {
  const path = join(out, name);
  if (!existsSync(path)) return false;
  const id = Number(/r(\d+)/.exec(name)?.[1]);
  const content = readFileSync(path, 'utf8').replaceAll('\n', ' ');
  return Array.from({ length: SECONDS }, (_, second) => textOf(id, second)).every((text) =>
    content.includes(text),
  );
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

async function run(fault) {
  const env = { ...process.env, FAULT_FOLDER: out, NO_COLOR: '1', ...fault };
  const flags = fault.FAULT_CODE ? ['--import', INJECT] : [];
  const args = ['transcribe', talks, '-o', out, '--base-url', service.url, '-q', '--concurrency', '2'];
  const child = spawn(process.execPath, [...flags, PROGRAM, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [exitCode, signal] = await once(child, 'close');
  clearTimeout(timer);
  return { exitCode: exitCode ?? signal, stderr };
}
