// Runs live streams with fun-asr-streams in this process. Arguments: <url> <streams> <seconds>. Prints one line of JSON.
import { recognize } from '../../dist/index.js';

const [url, streams, seconds] = process.argv.slice(2);
const FRAME = Buffer.alloc(3200);
const FRAMES_PER_SECOND = 10;
const before = process.cpuUsage();
const live = Array.from({ length: Number(streams) }, () => stream());
await capture(Number(seconds) * FRAMES_PER_SECOND);
const results = await Promise.all(live.map(({ done }) => done));
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    cpuMs: (user + system) / 1000,
    audioSeconds: sum(results.map(({ frames }) => frames)) / FRAMES_PER_SECOND,
    ended: results.filter(({ hasEnded }) => hasEnded).length,
    finals: sum(results.map(({ finals }) => finals)),
    delaysMs: results.flatMap(({ delayMs }) => delayMs ?? []),
  }),
);

/** Sends a frame to each stream every 100 ms. */
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
  const result = { frames: 0, finals: 0, hasEnded: false, delayMs: undefined };
  let startedAt;
  const listen = async () => {
    try {
      for await (const { text, sentence_end } of recognizer) {
        if (text !== '') result.delayMs ??= performance.now() - startedAt;
        if (sentence_end) result.finals += 1;
      }
      result.hasEnded = true;
    } catch (error) {
      console.error(error);
    }
    return result;
  };
  const send = () => {
    if (recognizer.destroyed) return;
    startedAt ??= performance.now();
    recognizer.write(FRAME);
    result.frames += 1;
  };
  return { recognizer, send, done: listen() };
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
