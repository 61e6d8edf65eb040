// First result and CPU of live streams: one, and 200 in one process, against the same service in one run. With the path
// of a checkout of the official Python SDK beside the same with that; its dependencies must be there.
//
//   npm run build && node bench/live-streams.mjs [seconds] [path of the Python SDK] [python]
//
// Both clients get the same audio at the same pace, and both are measured alike: the CPU of the whole process, all its
// threads, from before the first stream is made until the last has ended; connecting counts, starting the process and
// loading modules do not. Of many streams each client runs several times, in turn, for others may use the machine, too;
// the medians are compared. The Python SDK may give streams up under so many: then all audio counts that it took.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { text } from 'node:stream/consumers';

const MANY = 200;
const ROUNDS = 3;
/** Greatest share of the CPU that the Python SDK takes a stream. */
const TARGET = 0.1;
/** How long a client may take beside the audio, in ms. */
const GRACE_MS = 60_000;
const pathOf = (name) => new URL(`live-streams/${name}`, import.meta.url).pathname;

const [seconds = '12', sdk, python = 'python3'] = process.argv.slice(2);
const clients = [
  { name: 'fun-asr-streams', command: process.execPath, script: pathOf('client.mjs'), env: {} },
  ...(sdk
    ? [{ name: 'Python SDK', command: python, script: pathOf('client.py'), env: { PYTHONPATH: sdk } }]
    : []),
];
const service = spawn(process.execPath, [pathOf('service.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [line] = await once(service.stdout, 'data');
  const url = String(line).trim();
  console.log(`${seconds} s of live audio a stream`);
  // The Python SDK looks for audio every 10 ms and stream, and less often when others take the CPU: then it seems cheaper.
  const busy = loadavg()[0];
  if (busy > availableParallelism() / 4) console.log(`  the machine is busy (load ${busy.toFixed(1)})`);
  await compare(url, 1, 1);
  const ratio = await compare(url, MANY, ROUNDS);
  if (ratio > TARGET) process.exitCode = 1;
} finally {
  service.kill();
}

/** Gives our CPU over that of the Python SDK; undefined when there is nothing to compare. */
async function compare(url, streams, rounds) {
  const costs = clients.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, client] of clients.entries()) {
      const cost = await measure(client, url, streams);
      if (cost !== undefined) costs[index].push(cost);
    }
  }
  const [ours, theirs] = costs.map((values) => quantile(values, 0.5));
  if (!theirs) return undefined;
  // One stream alone is mostly what it costs to wake a process up ten times a second.
  const target = streams === MANY ? ` (target ${TARGET})` : '';
  console.log(`  CPU over that of the Python SDK: ${(ours / theirs).toFixed(3)}${target}`);
  return ours / theirs;
}

/** Runs one client; gives its CPU time in ms for each second of audio. */
async function measure({ name, command, script, env }, url, streams) {
  const child = spawn(command, [script, url, String(streams), seconds], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: Number(seconds) * 1000 + GRACE_MS,
  });
  const line = await text(child.stdout);
  if (line === '') {
    console.log(`${name}, ${streams} streams: did not come to an end`);
    process.exitCode = 1;
    return undefined;
  }
  const { cpuMs, audioSeconds, ended, finals, delaysMs } = JSON.parse(line);
  const cost = cpuMs / audioSeconds;
  const [median, worst] = [0.5, 1].map((share) => quantile(delaysMs, share).toFixed(0));
  console.log(
    `${name}, ${streams} streams: ${cost.toFixed(2)} ms of CPU a second of audio; first result after ${median} ms, at worst ${worst} ms`,
  );
  const expected = streams * Math.floor(Number(seconds) / 3);
  if (ended !== streams || finals !== expected) {
    console.log(`  ${ended} streams of ${streams} ended well, with ${finals} sentences of ${expected}`);
    // What the SDK loses is its own affair.
    if (command === process.execPath) process.exitCode = 1;
  }
  return cost;
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
