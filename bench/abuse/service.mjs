// The service under attack, in another process. Its engine emits a sentence after each second of audio. Sends its port to
// the parent process, then its memory in bytes after each message from there.
import { startService } from '../../dist/service/service.js';

const BYTES_PER_SECOND = 32_000;

const { port } = await startService({ engine: countingEngine(), port: 0, partials: false });
process.on('message', () => process.send({ rss: process.memoryUsage.rss() }));
process.send({ port });

function countingEngine() {
  return {
    model: 'counting',
    languages: ['en'],
    open({ onSentence }) {
      let bytes = 0;
      let seconds = 0;
      return {
        silenceMs: 0,
        async write(pcm) {
          bytes += pcm.length;
          for (; bytes >= (seconds + 1) * BYTES_PER_SECOND; seconds += 1) {
            const [begin_time, end_time] = [seconds * 1000, (seconds + 1) * 1000];
            onSentence({ begin_time, end_time, text: `Second ${seconds + 1}.`, words: [] });
          }
        },
        async end() {},
        destroy() {},
      };
    },
    async close() {},
  };
}
