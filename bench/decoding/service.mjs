// The service of decoding.mjs, in another process. It sends a final sentence after each 3 s of audio. Sends its URL to the parent.
import { startService } from '../../dist/service/service.js';

const SENTENCE_BYTES = 96_000;

const service = await startService({ engine: periodicEngine(), port: 0 });
process.send(service.url);

function periodicEngine() {
  return {
    model: 'periodic',
    languages: ['en'],
    open({ onSentence }) {
      let bytes = 0;
      let end_time = 0;
      return {
        silenceMs: 0,
        async write(pcm) {
          bytes += pcm.length;
          for (; bytes >= SENTENCE_BYTES; bytes -= SENTENCE_BYTES) {
            const begin_time = end_time;
            end_time += 3000;
            onSentence({
              begin_time,
              end_time,
              text: 'again',
              words: [{ begin_time, end_time, text: 'again', punctuation: '' }],
            });
          }
        },
        async end() {},
        destroy() {},
      };
    },
    async close() {},
  };
}
