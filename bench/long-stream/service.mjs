// The service of the long stream, in a process of its own: hears the audio exactly. Gets how often it drops the
// connection, in ms of audio, and for how long; sends its URL, and what it has seen when it is asked.
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
