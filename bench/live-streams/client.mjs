// The streams of live-streams.mjs with fun-asr-streams. Arguments: <url> <streams> <seconds>. Prints one line of JSON.
import { recognize } from '../../dist/index.js';
import { runStreams } from './run-streams.mjs';

const FRAME = Buffer.alloc(3200);

await runStreams((url) => {
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
  return {
    done: listen(),
    send() {
      if (recognizer.destroyed) return;
      startedAt ??= performance.now();
      recognizer.write(FRAME);
      result.frames += 1;
    },
    end: () => recognizer.end(),
  };
});
