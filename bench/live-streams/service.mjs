// The service of live-streams.mjs, in another process. It sends a partial result after each 300 ms of audio, as Fun-ASR
// does, and a final one after each 3 s. Prints its URL.
import { startService } from '../../dist/service/service.js';

const BYTES_PER_MS = 32;
const PARTIAL_MS = 300;
const SENTENCE_MS = 3000;

const service = await startService({ engine: periodicEngine(), port: 0 });
console.log(service.url);

function periodicEngine() {
  return {
    model: 'periodic',
    languages: ['en'],
    open({ onSentence }) {
      let bytes = 0;
      let resultMs = 0;
      return {
        silenceMs: 0,
        async write(pcm) {
          bytes += pcm.length;
          for (; resultMs + PARTIAL_MS <= bytes / BYTES_PER_MS; resultMs += PARTIAL_MS)
            onSentence(sentence(resultMs + PARTIAL_MS));
        },
        async end() {},
        destroy() {},
      };
    },
    async close() {},
  };
}

function sentence(nowMs) {
  const begin_time = Math.floor((nowMs - 1) / SENTENCE_MS) * SENTENCE_MS;
  const words = Array.from({ length: (nowMs - begin_time) / PARTIAL_MS }, (_, index) => ({
    begin_time: begin_time + index * PARTIAL_MS,
    end_time: begin_time + (index + 1) * PARTIAL_MS,
    text: index === 0 ? 'again' : ' again',
    punctuation: '',
  }));
  const end_time = nowMs % SENTENCE_MS === 0 ? nowMs : null;
  return { begin_time, end_time, text: words.map(({ text }) => text).join(''), words };
}
