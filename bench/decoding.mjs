// CPU of decodeFile() + frame(), the FFmpeg under it included, over the same FFmpeg writing the same PCM to
// nothing: one hour each of mp3, m4a, flac and opus, measured in turns in one run.
//
//   npm run build && node bench/decoding.mjs [rounds]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { decodeFile } from '../dist/audio/decode-file.js';
import { findFfmpeg } from '../dist/audio/ffmpeg/ffmpeg.js';
import { frame } from '../dist/audio/frame.js';

const FIXTURE = new URL('../fixtures/sense-and-sensibility.mp3', import.meta.url).pathname;
const FORMATS = {
  mp3: '-c:a libmp3lame -b:a 128k -ar 44100 -ac 2',
  m4a: '-c:a aac -b:a 128k -ar 44100 -ac 2',
  flac: '-c:a flac -ar 44100 -ac 2',
  opus: '-c:a libopus -b:a 64k -ac 2',
};
const HOUR = 3600;
const TARGET = 1.15;

const rounds = Number(process.argv[2] ?? 3);
const ffmpeg = await findFfmpeg();
const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
try {
  console.log(`FFmpeg ${ffmpeg.version}, one hour of 44.1 kHz stereo each, best of ${rounds} rounds`);
  for (const [format, encoding] of Object.entries(FORMATS)) {
    const recording = hourOf(format, encoding);
    const [ours, floor] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await cpuOf(() => finished(decodeFile(recording).pipe(frame()).resume())));
      floor.push(
        await cpuOf(() => run('-i', recording, '-ac', '1', '-ar', '16000', '-f', 's16le', '/dev/null')),
      );
    }
    const [least, floorLeast] = [Math.min(...ours), Math.min(...floor)];
    const ratio = least / floorLeast;
    const verdict = ratio <= TARGET ? 'ok' : `above ${TARGET}`;
    console.log(
      `${format}: ${least.toFixed(2)} s of CPU, FFmpeg alone ${floorLeast.toFixed(2)} s, ratio ${ratio.toFixed(3)} (${verdict})`,
    );
    if (ratio > TARGET) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** An hour made of one fixture. Repeating what is encoded already saves minutes; FLAC numbers its frames. */
function hourOf(format, encoding) {
  const [piece, hour] = [join(folder, `piece.${format}`), join(folder, `hour.${format}`)];
  const isNumbered = format === 'flac';
  if (!isNumbered) run('-i', FIXTURE, ...encoding.split(' '), piece);
  const [input, codec] = isNumbered ? [FIXTURE, encoding] : [piece, '-c copy'];
  run('-stream_loop', '-1', '-i', input, '-t', String(HOUR), ...codec.split(' '), hour);
  return hour;
}

function run(...args) {
  const { status, stderr } = spawnSync(ffmpeg.path, ['-y', '-nostdin', '-loglevel', 'error', ...args]);
  if (status !== 0) throw new Error(String(stderr).slice(-500));
}

/** Seconds of CPU that this process and the children that it waited for have used meanwhile. */
async function cpuOf(work) {
  const before = cpuSeconds();
  await work();
  return cpuSeconds() - before;
}

/** Linux: utime, stime, cutime, cstime, in ticks of 10 ms. */
function cpuSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
}
