// Live streams with fun-asr-streams, all in this process: <url> <streams> <seconds>. Prints one line of JSON.
import { recognize } from '../../dist/index.js';

const [url, streams, seconds] = process.argv.slice(2);
const FRAME = Buffer.alloc(3200);
const before = process.cpuUsage();
const live = Array.from({ length: Number(streams) }, () => stream());
await capture(Number(seconds) * 10);
const results = await Promise.all(live.map(({ done }) => done));
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    cpuMs: (user + system) / 1000,
    delaysMs: results.map(({ delayMs }) => delayMs),
    finals: results.reduce((sum, { finals }) => sum + finals, 0),
  }),
);

/** Gives every stream a frame each 100 ms, as one clock for all of them. */
async function capture(frames) {
  const start = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    await new Promise((resolve) => setTimeout(resolve, start + frame * 100 - performance.now()));
    for (const { send } of live) send();
  }
  for (const { recognizer } of live) recognizer.end();
}

function stream() {
  const recognizer = recognize({ baseUrl: url, apiKey: 'any' });
  let startedAt;
  const listen = async () => {
    let delayMs;
    let finals = 0;
    for await (const { text, sentence_end } of recognizer) {
      if (text !== '') delayMs ??= performance.now() - startedAt;
      if (sentence_end) finals += 1;
    }
    return { delayMs, finals };
  };
  const send = () => {
    startedAt ??= performance.now();
    recognizer.write(FRAME);
  };
  return { recognizer, send, done: listen() };
}
