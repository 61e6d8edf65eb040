// Records samples that count from 0, a frame of 100 ms at a time, and prints a line for each frame that is written.
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { record } from 'fun-asr-streams';

function* frames() {
  for (let sample = 0; ; ) {
    const frame = Buffer.alloc(3200);
    for (let at = 0; at < frame.length; at += 2) frame.writeUInt16LE(sample++ % 65_536, at);
    yield frame;
  }
}

await pipeline(
  Readable.from(frames()),
  record(process.argv[2]),
  new Writable({ write: (_frame, _encoding, done) => void process.stdout.write('.\n', done) }),
);
