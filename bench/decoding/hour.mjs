import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFfmpeg } from '../../dist/audio/ffmpeg/find-ffmpeg.js';

const FIXTURE = new URL('../../fixtures/sense-and-sensibility.mp3', import.meta.url).pathname;
const HOUR = 3600;

/** The FFmpeg that the package uses. */
export const ffmpeg = await findFfmpeg();

/** Formats of recordings, and the FFmpeg arguments that encode them. */
export const FORMATS = {
  mp3: '-c:a libmp3lame -b:a 128k -ar 44100 -ac 2',
  m4a: '-c:a aac -b:a 128k -ar 44100 -ac 2',
  flac: '-c:a flac -ar 44100 -ac 2',
  opus: '-c:a libopus -b:a 64k -ac 2',
};

/**
 * Builds an hour of audio from one fixture. Repeats encoded data where possible; FLAC numbers its frames, so it is encoded.
 * @returns The path of the recording.
 */
export function hourOf(format, folder) {
  const encoding = FORMATS[format].split(' ');
  const [piece, hour] = [join(folder, `piece.${format}`), join(folder, `hour.${format}`)];
  const hasFrameNumbers = format === 'flac';
  if (!hasFrameNumbers) run('-i', FIXTURE, ...encoding, piece);
  const [input, codec] = hasFrameNumbers ? [FIXTURE, encoding] : [piece, ['-c', 'copy']];
  run('-stream_loop', '-1', '-i', input, '-t', String(HOUR), ...codec, hour);
  return hour;
}

/** Decodes a recording with FFmpeg alone, to 16-bit mono PCM at 16 kHz in /dev/null. */
export function decodeBare(recording) {
  run('-i', recording, '-ac', '1', '-ar', '16000', '-f', 's16le', '/dev/null');
}

/** Returns the CPU time in s that this process and its ended children use while a function runs. */
export async function cpuOf(work) {
  const before = cpuSeconds();
  await work();
  return cpuSeconds() - before;
}

function run(...args) {
  const { status, stderr } = spawnSync(ffmpeg.path, ['-y', '-nostdin', '-loglevel', 'error', ...args]);
  if (status !== 0) throw new Error(String(stderr).slice(-500));
}

/** Reads utime, stime, cutime and cstime (Linux), in ticks of 10 ms. */
function cpuSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
}
