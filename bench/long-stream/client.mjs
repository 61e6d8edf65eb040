// The client of long-stream.mjs, in another process, so that its memory can be measured. Sends each final sentence with
// the memory of the process in bytes to the parent process.
import { pipeline } from 'node:stream/promises';
import { frame, recognize, sentenceEnd } from '../../dist/index.js';
import { randomScript, selfDescribingAudio } from '../../dist/testing/index.js';

const [baseUrl, seed, durationMs] = process.argv.slice(2);
const script = randomScript(Number(seed), { durationMs: Number(durationMs) });
const stage = recognize({ baseUrl });
stage.on('gap', (gap) => process.send({ gap }));
stage.on('reconnect', () => process.send({ reconnect: true }));
await pipeline(selfDescribingAudio(script), frame(), stage, sentenceEnd(), async (sentences) => {
  for await (const { begin_time, end_time, text } of sentences) {
    const sentence = { begin_time, end_time, text };
    // Waits for the parent process, which may be slower.
    await new Promise((resolve) => process.send({ sentence, rss: process.memoryUsage.rss() }, resolve));
  }
});
process.disconnect();
