// Workers of a queue as processes on one Redis: one is killed every two seconds, one is paused for longer than a worker may
// be silent, and Redis is restarted twice.
//
//   npm run build && node bench/queue-kills.mjs [recordings] [workers] [seed]
//
// Needs redis-server. At the end a run of `transcribe` removes what killed workers have left, and must send nothing. Prints the number of kills, and of recordings that are not done exactly once, wrong outputs, sentences
// that were final and sent again, and stray files. Exits with 1 unless all of these are 0.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addRecordings } from '../dist/batch/queue/add-recordings.js';
import { queueStatus } from '../dist/batch/queue/queue-status.js';
import { JobQueue } from '../dist/batch/queue/job-queue.js';
import { startService } from '../dist/service/service.js';
import { labelReader, nameOf, textOf, writeRecordings } from './folders/labelled-recordings.mjs';

const WORKER = new URL('queue/worker.mjs', import.meta.url).pathname;
const SECONDS = 4;
const MS_PER_SECOND = 250;
const SILENCE_MS = 6_000;

const [recordings = 500, workers = 8, seed = 1] = process.argv.slice(2).map(Number);
let state = seed;
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;

const root = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
const talks = join(root, 'talks');
writeRecordings(talks, recordings, SECONDS);
const sum = { kills: 0, pauses: 0, restarts: 0, sentAgain: 0 };
const journals = new Map();
const engine = labelReader((id, second) => {
  if (journalOf(id).includes(`"${textOf(id, second)}"`)) sum.sentAgain += 1;
}, MS_PER_SECOND);
const service = await startService({ engine, port: 0, partials: false });
// Below the ports of outgoing connections, of which one could be taken while Redis is restarted.
const port = 10_000 + Math.floor(Math.random() * 20_000);
const redis = `redis://127.0.0.1:${port}`;
let server = await startRedis();
const queue = await JobQueue.open({ redis, queue: 'bench' });
const startedAt = performance.now();
try {
  const transcription = { engine: 'cloud', baseUrl: service.url };
  await addRecordings(queue, { inputs: [talks], root, transcription });
  const running = new Set();
  const start = () => {
    const args = [WORKER, redis, root, service.url, SILENCE_MS];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    running.add(child);
    child.on('exit', (code, signal) => {
      running.delete(child);
      // Redis cannot be reached. A supervisor such as systemd starts the worker again.
      if (signal !== 'SIGKILL' && code !== 0) setTimeout(start, 1000);
    });
  };
  for (let count = 0; count < workers; count += 1) start();
  const restartsAt = [recordings / 3, (recordings * 2) / 3];
  for (let done = 0; done < recordings; ) {
    await sleep(2000);
    const victim = [...running][Math.floor(random() * running.size)];
    if (sum.kills % 5 === 2 && sum.pauses <= sum.kills / 5) {
      sum.pauses += 1;
      victim?.kill('SIGSTOP');
      setTimeout(() => victim?.kill('SIGCONT'), SILENCE_MS * 2);
    } else if (victim) {
      victim.kill('SIGKILL');
      victim.kill('SIGCONT');
      sum.kills += 1;
      start();
    }
    if (done > restartsAt[0]) {
      restartsAt.shift();
      sum.restarts += 1;
      server.kill('SIGKILL');
      await once(server, 'exit');
      await sleep(1000);
      server = await startRedis();
    }
    const status = await queueStatus(queue);
    done = status.done + status.failed;
    process.stderr.write(`\r${done} of ${recordings}, ${running.size} workers, ${sum.kills} kills `);
  }
  await Promise.all([...running].map((child) => once(child, 'exit')));
  process.stderr.write('\n');
  await transcribeAgain();
  const result = { ...(await queueStatus(queue)), ...check() };
  console.log(
    `${recordings} recordings, ${workers} workers, ${sum.kills} kills, ${sum.pauses} pauses, ${sum.restarts} restarts of Redis, ` +
      `${Math.round((performance.now() - startedAt) / 1000)} s: ${result.done} done, ${result.failed} failed, ` +
      `${result.unfinished} not done exactly once, ${result.wrong} wrong outputs, ` +
      `${sum.sentAgain} final sentences sent again, ${result.stray} stray files`,
  );
  const isRight =
    result.done === recordings && !(result.unfinished + result.wrong + sum.sentAgain + result.stray);
  if (!isRight) process.exitCode = 1;
} finally {
  await queue.close();
  await service.close();
  server.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
}

/** Runs the program over the same folder: all is finished. */
async function transcribeAgain() {
  const program = new URL('../dist/cli/main.js', import.meta.url).pathname;
  const args = [program, 'transcribe', talks, '--base-url', service.url, '-q'];
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`transcribe ended with ${code}`);
}

/** The journal of a recording; empty before it was begun. */
function journalOf(id) {
  const folder = join(talks, '.fun-asr');
  if (!journals.has(id)) {
    const known = new Set(journals.values());
    for (const name of list(folder).filter((one) => one.endsWith('.journal.jsonl') && !known.has(one))) {
      const number = /"input":"r(\d+)/.exec(read(join(folder, name)).split('\n')[0] ?? '')?.[1];
      if (number !== undefined) journals.set(Number(number), name);
    }
  }
  const name = journals.get(id);
  return name === undefined ? '' : read(join(folder, name));
}

function check() {
  const counts = { unfinished: 0, wrong: 0 };
  const folder = join(talks, '.fun-asr');
  const finishes = new Map();
  for (const name of list(folder).filter((one) => one.startsWith('ledger'))) {
    for (const line of read(join(folder, name)).split('\n').filter(Boolean)) {
      const { input, isFinished } = JSON.parse(line);
      if (isFinished) finishes.set(input, (finishes.get(input) ?? 0) + 1);
    }
  }
  for (let id = 1; id <= recordings; id += 1) {
    if (finishes.get(`${nameOf(id)}.wav`) !== 1) counts.unfinished += 1;
    const lines = read(join(talks, `${nameOf(id)}.jsonl`))
      .split('\n')
      .filter(Boolean);
    const texts = lines.map((line) => JSON.parse(line).text);
    const expected = Array.from({ length: SECONDS }, (_, second) => textOf(id, second));
    if (String(texts) !== String(expected)) counts.wrong += 1;
  }
  const allowed = /^(r\d+\.(wav|srt|jsonl)|\.fun-asr)$/;
  const allowedState = /^(ledger|content|[\da-f]{32}\.journal)\.jsonl$/;
  const stray = [
    ...list(talks).filter((name) => !allowed.test(name)),
    ...list(folder).filter((name) => !allowedState.test(name)),
  ];
  for (const name of stray) process.stderr.write(`stray: ${name}\n`);
  return { ...counts, stray: stray.length };
}

async function startRedis() {
  const folder = join(root, 'redis');
  mkdirSync(folder, { recursive: true });
  const settings = ['--appendonly', 'yes', '--save', '', '--dir', folder, '--port', String(port)];
  const child = spawn('redis-server', settings, { stdio: 'ignore' });
  for (;;) {
    const probe = spawn('redis-cli', ['-p', String(port), 'ping'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [answer] = await Promise.race([once(probe.stdout, 'data'), once(probe, 'exit')]);
    if (String(answer).includes('PONG')) return child;
    await sleep(50);
  }
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
