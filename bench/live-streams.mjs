// First result and CPU of live streams: one, and 200 in one process, against the same service in one run. With the path
// of a checkout of the official Python SDK beside the same with that; its dependencies must be there.
//
//   npm run build && node bench/live-streams.mjs [seconds] [path of the Python SDK] [python]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const MANY = 200;
/** Greatest share of the CPU that the Python SDK takes a stream. */
const TARGET = 0.1;
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
  for (const streams of [1, MANY]) {
    const costs = [];
    for (const client of clients) costs.push(await measure(client, url, streams));
    const [ours, theirs] = costs;
    if (theirs === undefined) continue;
    const ratio = ours / theirs;
    // One stream alone is mostly what it costs to wake a process up ten times a second.
    const isJudged = streams === MANY;
    console.log(
      `  CPU over that of the Python SDK: ${ratio.toFixed(3)}${isJudged ? ` (target ${TARGET})` : ''}`,
    );
    if (isJudged && ratio > TARGET) process.exitCode = 1;
  }
} finally {
  service.kill();
}

/** Runs one client; gives its CPU time in ms for each second of audio. */
async function measure({ name, command, script, env }, url, streams) {
  const child = spawn(command, [script, url, String(streams), seconds], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { cpuMs, delaysMs, finals } = JSON.parse(await text(child.stdout));
  const expected = streams * Math.floor(Number(seconds) / 3);
  if (finals !== expected) console.log(`  ${name} got ${finals} sentences of ${expected}`);
  const cost = cpuMs / (streams * Number(seconds));
  const [median, worst] = [0.5, 1].map((share) => quantile(delaysMs, share).toFixed(0));
  console.log(
    `${name}, ${streams} streams: ${cost.toFixed(2)} ms of CPU a second of audio; first result after ${median} ms, at worst ${worst} ms`,
  );
  return cost;
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
