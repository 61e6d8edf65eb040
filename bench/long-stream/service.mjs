// The service of long-stream.mjs, in another process. Arguments: ms of audio between two dropped connections (0: none), ms of
// audio in total. Sends its URL to the parent process, then its log after a message from there.
import { startTestService } from '../../dist/testing/index.js';

const [every, durationMs] = process.argv.slice(2).map(Number);
const faults = Array.from({ length: every ? Math.floor(durationMs / every) : 0 }, (_, index) => ({
  kind: 'drop',
  atMs: (index + 1) * every,
}));
const service = await startTestService({ faults });
process.on('message', () =>
  process.send({ drops: service.log.faults.length, audioMs: service.log.audioMs }, () =>
    process.disconnect(),
  ),
);
process.send(service.url);
