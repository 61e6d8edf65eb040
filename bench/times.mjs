// Generates recordings with random late starts, gaps, lost packets and appended parts, and looks for their tones.
//
//   npm run build && node bench/times.mjs [recordings] [seed]
//
// Decodes each one as a file and as a stream, with the FFmpeg that is used by default and the one of the package
// @ffmpeg-installer. Prints each recording with a tone that is off or missing. Exits with 1 if there is any.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRecording } from './times/check.mjs';
import { makeRecording } from './times/recordings.mjs';
import { randomFrom } from './times/random.mjs';

const [count = 200, seed = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-times-'));
let failed = 0;
let worst = 0;
try {
  for (let index = 0; index < count; index += 1) {
    const recording = makeRecording(randomFrom(seed * 100_003 + index), folder, index);
    const { problems, offMs } = await checkRecording(recording);
    worst = Math.max(worst, offMs);
    if (problems.length === 0) continue;
    failed += 1;
    console.log(`${index} ${recording.description}: ${problems.join('; ')}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(
  `${count} recordings, seed ${seed}: ${failed} with a tone off or missing; at most ${worst.toFixed(0)} ms off`,
);
process.exitCode = failed === 0 ? 0 : 1;
