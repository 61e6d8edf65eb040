import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Encodes all recordings: it has all encoders. */
export const ENCODER = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg').path;

const AAC = '-c:a aac -ar 44100 -b:a 128k';
const MPEG = '-c:v mpeg2video -r 25';

/** What each container can have: a picture before its sound, gaps, and lost packets. Opus and MP2 have 20 to 24 ms. */
const CONTAINERS = [
  { extension: 'mkv', sound: AAC, picture: '-c:v mpeg4', hasGaps: true },
  { extension: 'mka', sound: '-c:a libvorbis -ar 44100', hasGaps: true },
  {
    extension: 'webm',
    sound: '-c:a libopus -ar 48000 -b:a 96k',
    picture: '-c:v libvpx -deadline realtime',
    hasGaps: true,
  },
  { extension: 'mp4', sound: AAC, picture: '-c:v mpeg4', hasGaps: true },
  { extension: 'm4a', sound: AAC, hasGaps: true },
  { extension: 'mov', sound: AAC, picture: '-c:v mpeg4', hasGaps: true },
  { extension: 'flv', sound: AAC, picture: '-c:v flv', hasGaps: true },
  { extension: 'ts', sound: AAC, picture: MPEG, hasGaps: true },
  { extension: 'm2ts', sound: '-c:a ac3 -ar 48000', picture: MPEG, hasGaps: true },
  { extension: 'mpg', sound: '-c:a mp2 -ar 48000', picture: MPEG, hasGaps: true },
  // Windows Media does not state the delay of its encoder, of a frame of 46 ms, and loses the first frame.
  {
    extension: 'wmv',
    sound: '-c:a wmav2 -ar 44100 -b:a 128k',
    picture: '-c:v wmv2',
    hasGaps: true,
    toleranceMs: 100,
  },
  { extension: 'ogg', sound: '-c:a libopus -ar 48000 -b:a 96k -page_duration 20000', hasGaps: true },
  { extension: 'avi', sound: '-c:a libmp3lame -ar 44100', hasGaps: false },
  { extension: 'flac', sound: '-c:a flac', hasGaps: false },
  { extension: 'wav', sound: '', hasGaps: false },
  { extension: 'mp3', sound: '-c:a libmp3lame -ar 44100', hasGaps: false },
];

/** Extensions of files that are decoded whole after they were appended to each other, by every FFmpeg. */
const APPENDED = new Set(['m4a', 'mp4', 'mov', 'ts', 'wav', 'mp3', 'flac']);

/** Tones of 0.1 s at each whole second, at a frequency that names the second. */
function toneSource(seconds) {
  return `aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*(400+150*mod(floor(t),16))*t),0)':s=16000:d=${seconds}`;
}

/** Makes one recording. Its tones are expected at `places`, in s; with appended parts, only their order is. */
export function makeRecording(random, folder, index) {
  const container = random.choice(CONTAINERS);
  const { extension, toleranceMs = 30 } = container;
  const path = join(folder, `${index}.${extension}`);
  const isAppended = APPENDED.has(extension) && random.integer(0, 3) === 0;
  if (!isAppended) return { path, toleranceMs, ...encode(random, container, path) };
  const parts = [1, 2].map((part) => {
    const piece = join(folder, `${index}-${part}.${extension}`);
    const seconds = random.integer(3, 9);
    ffmpeg('-f', 'lavfi', '-i', toneSource(seconds), ...words(container.sound), piece);
    return { seconds, bytes: readFileSync(piece) };
  });
  writeFileSync(path, Buffer.concat(parts.map(({ bytes }) => bytes)));
  const tones = parts.flatMap(({ seconds }) => Array.from({ length: seconds }, (_, n) => n % 16));
  return { path, tones, description: `${extension}, appended parts` };
}

function encode(random, { extension, sound, picture, hasGaps }, path) {
  const seconds = random.integer(5, 25);
  const gaps = hasGaps
    ? Array.from({ length: random.integer(0, 3) }, () => ({
        after: random.integer(1, seconds - 2),
        ms: random.choice([60, 150, 400, 1700, 12_000, 95_000]),
      }))
    : [];
  const lateMs = picture && random.integer(0, 1) ? random.integer(1, 90) * 100 : 0;
  // The time of a filter includes the late start.
  const shift =
    gaps.map(({ after, ms }) => `gt(T,${after + 0.5 + lateMs / 1000})*${ms / 1000}`).join('+') || '0';
  const input = ['-itsoffset', String(lateMs / 1000), '-f', 'lavfi', '-i', toneSource(seconds)];
  const images = ['-f', 'lavfi', '-i', `testsrc=s=128x96:r=25:d=${seconds + 3}`];
  ffmpeg(
    ...(lateMs > 0 ? images : []),
    ...input,
    ...(lateMs > 0 ? ['-map', '0:v', '-map', '1:a', ...words(picture)] : []),
    '-af',
    `asetpts='PTS+(${shift})/TB'`,
    ...words(sound),
    path,
  );
  const places = Array.from(
    { length: seconds },
    (_, n) => n + lateMs / 1000 + gaps.reduce((sum, { after, ms }) => sum + (n > after ? ms / 1000 : 0), 0),
  );
  const listed = gaps.map(({ after, ms }) => `${ms} ms after ${after} s`).join(', ');
  return {
    tones: places.map((_, n) => n % 16),
    places,
    description: `${extension}, ${seconds} s, ${lateMs} ms late, gaps: ${listed || 'none'}`,
  };
}

function words(line) {
  return line.split(' ').filter(Boolean);
}

function ffmpeg(...args) {
  const { status, stderr } = spawnSync(ENCODER, ['-y', '-nostdin', '-loglevel', 'error', ...args]);
  if (status !== 0) throw new Error(String(stderr).slice(-500));
}
