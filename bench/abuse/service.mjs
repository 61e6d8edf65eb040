// The service under attack, in a process of its own: its engine says something after each second of audio. Sends its
// port, and then its memory in bytes whenever it is asked.
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
      let said = 0;
      return {
        silenceMs: 0,
        async write(pcm) {
          bytes += pcm.length;
          for (; bytes >= (said + 1) * BYTES_PER_SECOND; said += 1) {
            const [begin_time, end_time] = [said * 1000, (said + 1) * 1000];
            onSentence({ begin_time, end_time, text: `Second ${said + 1}.`, words: [] });
          }
        },
        async end() {},
        destroy() {},
      };
    },
    async close() {},
  };
}
