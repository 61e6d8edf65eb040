// CPU time of decodeFile() and frame(), FFmpeg included, compared with FFmpeg alone, which writes the same PCM to
// /dev/null. One hour each of mp3, m4a, flac and opus, alternating.
//
//   npm run build && node bench/decoding.mjs [rounds]
//
// Prints for each format the least CPU time of both and their ratio. Exits with 1 if a ratio is above the target.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { decodeFile } from '../dist/audio/decode-file.js';
import { findFfmpeg } from '../dist/audio/ffmpeg/find-ffmpeg.js';
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
    const [ours, baseline] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await cpuOf(() => finished(decodeFile(recording).pipe(frame()).resume())));
      baseline.push(
        await cpuOf(() => run('-i', recording, '-ac', '1', '-ar', '16000', '-f', 's16le', '/dev/null')),
      );
    }
    const [least, baselineLeast] = [Math.min(...ours), Math.min(...baseline)];
    const ratio = least / baselineLeast;
    const verdict = ratio <= TARGET ? 'ok' : `above ${TARGET}`;
    console.log(
      `${format}: ${least.toFixed(2)} s of CPU, FFmpeg alone ${baselineLeast.toFixed(2)} s, ratio ${ratio.toFixed(3)} (${verdict})`,
    );
    if (ratio > TARGET) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Builds an hour of audio from one fixture. Repeats encoded data where possible; FLAC numbers its frames, so it is encoded. */
function hourOf(format, encoding) {
  const [piece, hour] = [join(folder, `piece.${format}`), join(folder, `hour.${format}`)];
  const hasFrameNumbers = format === 'flac';
  if (!hasFrameNumbers) run('-i', FIXTURE, ...encoding.split(' '), piece);
  const [input, codec] = hasFrameNumbers ? [FIXTURE, encoding] : [piece, '-c copy'];
  run('-stream_loop', '-1', '-i', input, '-t', String(HOUR), ...codec.split(' '), hour);
  return hour;
}

function run(...args) {
  const { status, stderr } = spawnSync(ffmpeg.path, ['-y', '-nostdin', '-loglevel', 'error', ...args]);
  if (status !== 0) throw new Error(String(stderr).slice(-500));
}

/** Returns the CPU time in s that this process and its ended children use while a function runs. */
async function cpuOf(work) {
  const before = cpuSeconds();
  await work();
  return cpuSeconds() - before;
}

/** Reads utime, stime, cutime and cstime (Linux), in ticks of 10 ms. */
function cpuSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
}
