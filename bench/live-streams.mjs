// Delay of the first result and CPU time of live streams: one stream, and 200 in one process, against the same service.
// Compares this package with a client that uses `ws` alone and, with a checkout of the official Python SDK (and its
// dependencies), with that.
//
//   npm run build && node bench/live-streams.mjs [seconds] [path of the Python SDK] [python]
//
// Prints for each client the CPU time per second of audio, and the median and largest delay of the first result. Exits with
// 1 if a stream of this package does not end well, or if its CPU time is above twice that of `ws` alone.
//
// All clients get the same audio at the same speed. The CPU time is that of the whole process with all threads, from before
// the first stream is created until the last has ended; connecting counts, starting the process and loading modules does
// not. With many streams each client runs several times, alternating, and the medians are compared. The Python SDK may
// abort streams under this load: only the audio that it has accepted counts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { text } from 'node:stream/consumers';

const MANY = 200;
const ROUNDS = 3;
/** Largest allowed CPU time, as a multiple of that of `ws` alone. */
const TARGET = 2;
/** Time that a client may take in addition to the audio. */
const GRACE_MS = 60_000;
const pathOf = (name) => new URL(`live-streams/${name}`, import.meta.url).pathname;

const [seconds = '12', sdk, python = 'python3'] = process.argv.slice(2);
const clients = [
  { name: 'fun-asr-streams', command: process.execPath, script: pathOf('client.mjs'), env: {}, isOurs: true },
  { name: 'ws alone', command: process.execPath, script: pathOf('bare-ws.mjs'), env: {} },
  ...(sdk
    ? [{ name: 'Python SDK', command: python, script: pathOf('client.py'), env: { PYTHONPATH: sdk } }]
    : []),
];
const service = spawn(process.execPath, [pathOf('service.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [line] = await once(service.stdout, 'data');
  const url = String(line).trim();
  console.log(`${seconds} s of live audio per stream`);
  // The Python SDK polls for audio every 10 ms in each stream, and less often on a busy machine, where it seems cheaper.
  const busy = loadavg()[0];
  if (busy > availableParallelism() / 4) console.log(`  the machine is busy (load ${busy.toFixed(1)})`);
  await compare(url, 1, 1);
  const ratio = await compare(url, MANY, ROUNDS);
  if (ratio > TARGET) process.exitCode = 1;
} finally {
  service.kill();
}

/** Prints the ratios of the CPU time of this package to those of the others. Returns that to `ws` alone. */
async function compare(url, streams, rounds) {
  const costs = clients.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, client] of clients.entries()) {
      const cost = await measure(client, url, streams);
      if (cost !== undefined) costs[index].push(cost);
    }
  }
  const [ours, ...others] = costs.map((values) => quantile(values, 0.5));
  const ratios = others.map((cost) => ours / cost);
  for (const [index, ratio] of ratios.entries()) {
    // The cost of a single stream is mostly that of waking up a process ten times a second.
    const target = streams === MANY && index === 0 ? ` (target ${TARGET})` : '';
    console.log(`  CPU over that of ${clients[index + 1].name}: ${ratio.toFixed(3)}${target}`);
  }
  return ratios[0];
}

/** Runs one client. Returns its CPU time in ms per second of audio. */
async function measure({ name, command, script, env, isOurs }, url, streams) {
  const child = spawn(command, [script, url, String(streams), seconds], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: Number(seconds) * 1000 + GRACE_MS,
  });
  const line = await text(child.stdout);
  if (line === '') {
    console.log(`${name}, ${streams} streams: did not end`);
    process.exitCode = 1;
    return undefined;
  }
  const { cpuMs, audioSeconds, ended, finals, delaysMs } = JSON.parse(line);
  const cost = cpuMs / audioSeconds;
  const [median, worst] = [0.5, 1].map((share) => quantile(delaysMs, share).toFixed(0));
  console.log(
    `${name}, ${streams} streams: ${cost.toFixed(2)} ms of CPU per second of audio; first result after ${median} ms (median), ${worst} ms (largest)`,
  );
  const expected = streams * Math.floor(Number(seconds) / 3);
  if (ended !== streams || finals !== expected) {
    console.log(`  ${ended} streams of ${streams} ended well, with ${finals} sentences of ${expected}`);
    if (isOurs) process.exitCode = 1;
  }
  return cost;
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
