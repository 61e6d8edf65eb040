// Hours of self-describing audio at full speed, first without faults, then with one dropped connection per hour of audio.
// No sentence may be lost, no time may drift, and the memory of the client may not grow.
//
//   npm run build && node bench/long-stream.mjs [hours]
//
// Prints for both runs the wrong sentences, the largest time error, the audio that was sent again, and the memory of the
// client in the first and the last hour. Exits with 1 if a target is missed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { compare, randomScript } from '../dist/testing/index.js';

const SEED = 1;
/** Not measured: a new process grows during its first ten seconds, which are hours of audio at this speed. */
const WARM_UP_HOURS = 6;
const HOUR_MS = 3_600_000;
const TARGET_RATIO = 1.1;

const hours = Number(process.argv[2] ?? 24);
const durationMs = (WARM_UP_HOURS + hours) * HOUR_MS;
const script = randomScript(SEED, { durationMs });
for (const dropEveryMs of [0, HOUR_MS]) await run(dropEveryMs);

async function run(dropEveryMs) {
  const began = performance.now();
  const service = start('service', dropEveryMs, durationMs);
  const [url] = await once(service, 'message');
  const client = start('client', url, SEED, durationMs);
  const sentences = [];
  const memory = Array.from({ length: Math.ceil(WARM_UP_HOURS + hours) }, () => []);
  let gaps = 0;
  client.on('message', ({ sentence, rss, gap }) => {
    if (gap) gaps += 1;
    if (!sentence) return;
    sentences.push(sentence);
    memory[Math.floor(sentence.end_time / HOUR_MS)]?.push(rss);
  });
  const [code] = await once(client, 'exit');
  service.send('end');
  const [{ drops, audioMs }] = await once(service, 'message');
  service.kill();
  const seconds = (performance.now() - began) / 1000;
  const { lost, duplicated, unexpected, damaged, largestTimeErrorMs } = compare(script, sentences);
  const [first, last] = [memory[WARM_UP_HOURS], memory.at(-1)].map(median);
  console.log(`${WARM_UP_HOURS} + ${hours} h of audio with ${drops} drops in ${seconds.toFixed(0)} s:`);
  console.log(
    `  ${script.sentences.length} sentences: ${lost.length} lost, ${duplicated.length} duplicated, ${unexpected.length} unexpected, ${damaged.length} damaged, ${gaps} gaps (target 0)`,
  );
  console.log(`  times: at most ${largestTimeErrorMs} ms wrong (target 0)`);
  console.log(`  sent again: ${((audioMs - durationMs) / 1000).toFixed(1)} s`);
  console.log(
    `  memory of the client: ${megabytes(first)} MB in hour 1, ${megabytes(last)} MB in hour ${hours}, ratio ${(last / first).toFixed(3)} (target ${TARGET_RATIO})`,
  );
  const isWrong = [lost, duplicated, unexpected, damaged].some(({ length }) => length > 0) || gaps > 0;
  if (code !== 0 || isWrong || largestTimeErrorMs > 0 || last / first > TARGET_RATIO) process.exitCode = 1;
}

function start(name, ...args) {
  return fork(new URL(`long-stream/${name}.mjs`, import.meta.url), args.map(String));
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}
