import { createReadStream } from 'node:fs';
import { decode } from '../../dist/audio/decode.js';
import { decodeFile } from '../../dist/audio/decode-file.js';
import { findFfmpeg } from '../../dist/audio/ffmpeg/find-ffmpeg.js';
import { ENCODER } from './recordings.mjs';
import { tonesIn } from './tones.mjs';

const FFMPEGS = [...new Set([(await findFfmpeg()).path, ENCODER])];

/** Decodes a recording in every way. Returns what is wrong, and the largest deviation of a tone in ms. */
export async function checkRecording({ path, tones, places, toleranceMs }) {
  const problems = [];
  let offMs = 0;
  for (const [index, ffmpegPath] of FFMPEGS.entries()) {
    for (const way of ['file', 'stream']) {
      const stream =
        way === 'file'
          ? decodeFile(path, { ffmpegPath })
          : createReadStream(path).pipe(decode({ ffmpegPath }));
      const found = tonesIn(Buffer.concat(await stream.toArray()));
      const name = `${way}, FFmpeg ${index + 1}`;
      if (found.map(({ second }) => second).join() !== tones.join()) {
        problems.push(`${name}: tones ${found.map(({ second }) => second).join(' ')}`);
      } else if (places) {
        const most = Math.max(...found.map(({ at }, n) => Math.abs(at - places[n]) * 1000));
        if (toleranceMs === 30) offMs = Math.max(offMs, most);
        if (most > toleranceMs) problems.push(`${name}: ${most.toFixed(0)} ms off`);
      }
    }
  }
  return { problems, offMs };
}
