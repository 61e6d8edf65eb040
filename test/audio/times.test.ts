import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { convert } from '../../lib/audio/convert.ts';
import { convertFile } from '../../lib/audio/convert-file.ts';
import { decode } from '../../lib/audio/decode.ts';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { type Tone, toneSource, tonesIn } from './clock/tones.ts';
import { drain, ENCODER, ffmpeg, scratch } from './samples.ts';

/** In s. */
const TOLERANCE = 0.03;
/** Windows Media does not state the delay of its encoder: one frame, of which the first is lost. */
const FRAME_TOLERANCE = 0.1;

/** Both of the FFmpegs at hand: the newest one, and one of 2018. */
const FFMPEGS = [...new Set([(await findFfmpeg()).path, ENCODER])];

/** Decodes in both ways of reading, with both FFmpegs, and expects the same. */
async function everyWay(path: string): Promise<{ tones: Tone[]; warnings: string[]; seconds: number }> {
  const ways: (() => Readable)[] = FFMPEGS.flatMap((ffmpegPath) => [
    () => decodeFile(path, { ffmpegPath }),
    () => createReadStream(path).pipe(decode({ ffmpegPath })),
  ]);
  const results = [];
  for (const way of ways) {
    const { pcm, warnings } = await drain(way());
    results.push({ tones: tonesIn(pcm), warnings, seconds: pcm.length / 32_000 });
  }
  const [first, ...others] = results;
  if (!first) throw new Error('no FFmpeg');
  for (const other of others) {
    expect(other.tones.map(({ second }) => second)).toEqual(first.tones.map(({ second }) => second));
    expect(other.warnings.includes('W_CLOCK')).toBe(first.warnings.includes('W_CLOCK'));
  }
  return first;
}

/** Expects each tone at its place; `placeOf` moves the second of the source. */
function expectPlaces(
  tones: readonly Tone[],
  seconds: number,
  placeOf: (second: number) => number,
  tolerance = TOLERANCE,
): void {
  expect(tones.map(({ second }) => second)).toEqual(Array.from({ length: seconds }, (_, n) => n % 16));
  const off = tones.map(({ at }, n) => at - placeOf(n));
  expect(
    Math.max(...off.map(Math.abs)),
    `off by ${off.map((value) => value.toFixed(3)).join(' ')}`,
  ).toBeLessThan(tolerance);
}

function toleranceOf(extension: string): number {
  return ['asf', 'wma', 'wmv'].includes(extension) ? FRAME_TOLERANCE : TOLERANCE;
}

const AAC = '-c:a aac -ar 44100 -b:a 128k';
const VIDEO = '-c:v mpeg4';

/** Containers of video with sound, and how they are encoded. */
const VIDEOS: readonly (readonly [string, string])[] = [
  ['mkv', `${VIDEO} ${AAC}`],
  ['webm', '-c:v libvpx -deadline realtime -c:a libopus -ar 48000'],
  ['mp4', `${VIDEO} ${AAC}`],
  ['mov', `${VIDEO} ${AAC}`],
  ['3gp', `${VIDEO} ${AAC}`],
  ['flv', `-c:v flv ${AAC}`],
  ['ts', `-c:v mpeg2video -r 25 ${AAC}`],
  ['m2ts', `-c:v mpeg2video -r 25 -c:a ac3 -ar 48000`],
  ['mpg', '-c:v mpeg2video -r 25 -c:a mp2 -ar 48000'],
  ['vob', '-c:v mpeg2video -r 25 -c:a ac3 -ar 48000 -f vob'],
  ['wmv', '-c:v wmv2 -c:a wmav2 -ar 44100 -b:a 128k'],
  ['ogv', '-c:v libtheora -c:a libvorbis -ar 44100'],
];

test.each(VIDEOS)('keeps the time of sound that starts late in %s', async (extension, encoding) => {
  const path = join(await scratch(), `late.${extension}`);
  const picture = '-f lavfi -i testsrc=s=128x96:r=25:d=12'.split(' ');
  const sound = ['-itsoffset', '3.4', '-f', 'lavfi', '-i', toneSource(6)];
  await ffmpeg(...picture, ...sound, '-map', '0:v', '-map', '1:a', ...encoding.split(' '), path);
  const { tones, warnings } = await everyWay(path);
  expectPlaces(tones, 6, (second) => second + 3.4, toleranceOf(extension));
  // FFmpeg writes a wrong duration into such a WMV.
  expect(warnings.filter((code) => extension !== 'wmv' || code === 'W_CLOCK')).toEqual(['W_CLOCK']);
});

test('keeps the time of sound that starts late in an AVI by its header', async () => {
  const path = join(await scratch(), 'late.avi');
  const picture = '-f lavfi -i testsrc=s=128x96:r=25:d=12'.split(' ');
  const sound = ['-f', 'lavfi', '-i', toneSource(6)];
  await ffmpeg(...picture, ...sound, ...'-map 0:v -map 1:a -c:v mpeg4 -c:a pcm_s16le'.split(' '), path);
  const avi = await readFile(path);
  // Scale, rate and start of the sound: FFmpeg writes no start.
  const at = avi.indexOf('auds');
  const unitsPerSecond = avi.readUInt32LE(at + 24) / avi.readUInt32LE(at + 20);
  avi.writeUInt32LE(3.4 * unitsPerSecond, at + 28);
  await writeFile(path, avi);
  const { tones, warnings } = await everyWay(path);
  expectPlaces(tones, 6, (second) => second + 3.4);
  expect(warnings).toEqual(['W_CLOCK']);
});

test('finds sound that starts after 20 s in a program stream, which has no list of its tracks', async () => {
  const path = join(await scratch(), 'late.mpg');
  const picture = '-f lavfi -i testsrc=s=128x96:r=25:d=30'.split(' ');
  const sound = ['-itsoffset', '20', '-f', 'lavfi', '-i', toneSource(6)];
  const encoding = '-map 0:v -map 1:a -c:v mpeg2video -c:a mp2 -ar 48000'.split(' ');
  await ffmpeg(...picture, ...sound, ...encoding, path);
  const { tones, warnings } = await everyWay(path);
  expectPlaces(tones, 6, (second) => second + 20);
  expect(warnings).toEqual(['W_CLOCK']);
});

/** Containers that can have gaps in their sound. */
const GAPPED: readonly (readonly [string, string])[] = [
  ['mka', AAC],
  ['webm', '-c:a libopus -ar 48000 -b:a 96k'],
  ['mp4', AAC],
  ['m4a', AAC],
  ['mov', AAC],
  ['flv', AAC],
  ['ts', AAC],
  ['m2ts', '-c:a ac3 -ar 48000'],
  ['mpg', '-c:a mp2 -ar 48000'],
  ['asf', '-c:a wmav2 -ar 44100 -b:a 128k'],
  ['wma', '-c:a wmav2 -ar 44100 -b:a 128k'],
  // A page has one timestamp: a gap inside a page is found at its start.
  ['ogg', '-c:a libopus -ar 48000 -b:a 96k -page_duration 20000'],
];

test.each(GAPPED)('keeps the time of sound after each gap in %s', async (extension, encoding) => {
  const path = join(await scratch(), `gaps.${extension}`);
  // Two gaps, between the tones: of 7.3 s after second 2, of 1.6 s after second 5.
  const gaps = "asetpts='PTS+(gt(T,2.5)*7.3+gt(T,5.5)*1.6)/TB'";
  await ffmpeg('-f', 'lavfi', '-i', toneSource(9), '-af', gaps, ...encoding.split(' '), path);
  const { tones, warnings } = await everyWay(path);
  expectPlaces(tones, 9, (n) => n + (n > 2 ? 7.3 : 0) + (n > 5 ? 1.6 : 0), toleranceOf(extension));
  expect(warnings).toEqual(['W_CLOCK']);
});

test('fills single packets that are lost, before the sound is off by more than two of them', async () => {
  const folder = await scratch();
  const path = join(folder, 'lost.webm');
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    toneSource(50),
    ...'-c:a libopus -ar 48000 -b:a 48k'.split(' '),
    join(folder, 'whole.webm'),
  );
  await ffmpeg(
    '-i',
    join(folder, 'whole.webm'),
    ...'-c copy -bsf:a noise=dropamount=25:amount=1000000000'.split(' '),
    path,
  );
  const { tones, warnings, seconds } = await everyWay(path);
  expect(seconds).toBeGreaterThan(49.5);
  expect(tones.length).toBeGreaterThan(40);
  for (const { second, at } of tones) {
    expect(Math.abs(at - Math.round(at))).toBeLessThan(0.045);
    expect(Math.round(at) % 16).toBe(second);
  }
  expect(warnings).toEqual(['W_CLOCK']);
});

test('keeps the time of sound after packets of a transport stream are lost', async () => {
  const folder = await scratch();
  const path = join(folder, 'lost.ts');
  await ffmpeg('-f', 'lavfi', '-i', toneSource(40), ...`${AAC} -f mpegts`.split(' '), path);
  const packets = packetsOf(await readFile(path));
  const isLost = (index: number): boolean => index > 300 && index % 400 < 25;
  await writeFile(path, Buffer.concat(packets.filter((_, index) => !isLost(index))));
  const { tones } = await everyWay(path);
  expect(tones.length).toBeGreaterThan(30);
  for (const { at } of tones.slice(-3)) expect(Math.abs(at - Math.round(at))).toBeLessThan(TOLERANCE);
});

test.each([
  ['webm', '-c:a libopus -ar 48000'],
  ['ts', AAC],
  ['flac', '-c:a flac'],
  ['ogg', '-c:a libvorbis -ar 44100'],
  ['aac', AAC],
  ['mp3', '-c:a libmp3lame -ar 44100'],
])(
  'decodes files that were appended to each other in %s to the same bytes as FFmpeg alone',
  async (extension, encoding) => {
    const folder = await scratch();
    const pieces = [];
    for (const [index, seconds] of [5, 3].entries()) {
      const piece = join(folder, `${index}.${extension}`);
      await ffmpeg('-f', 'lavfi', '-i', toneSource(seconds), ...encoding.split(' '), piece);
      pieces.push(await readFile(piece));
    }
    const path = join(folder, `appended.${extension}`);
    await writeFile(path, Buffer.concat(pieces));
    const plain = await ffmpeg('-threads', '1', '-i', path, ...'-ac 1 -ar 16000 -f s16le pipe:1'.split(' '));
    const { pcm, warnings } = await drain(decodeFile(path, { ffmpegPath: ENCODER }));
    expect(pcm.equals(plain)).toBe(true);
    expect(warnings).toEqual([]);
  },
);

test('keeps the clock when the channels of a transport stream change', async () => {
  const folder = await scratch();
  const path = join(folder, 'changes.ts');
  const pieces = [];
  for (const [channels, begin] of [
    [1, 0],
    [2, 4],
    [1, 8],
  ] as const) {
    const piece = join(folder, `${begin}.ts`);
    const place = ['-ss', String(begin), '-t', '4', '-ac', String(channels), ...AAC.split(' ')];
    await ffmpeg('-f', 'lavfi', '-i', toneSource(12), ...place, '-output_ts_offset', String(begin), piece);
    pieces.push(await readFile(piece));
  }
  await writeFile(path, Buffer.concat(pieces));
  const { tones, seconds } = await everyWay(path);
  expect(seconds).toBeLessThan(12.3);
  expect(tones.map(({ second }) => second)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('does not follow a step of more than ten minutes, and says so', async () => {
  const path = join(await scratch(), 'step.mka');
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    toneSource(6),
    '-af',
    "asetpts='PTS+gt(T,2.5)*900/TB'",
    ...AAC.split(' '),
    path,
  );
  const { tones, warnings, seconds } = await everyWay(path);
  expect(seconds).toBeLessThan(6.2);
  expectPlaces(tones, 6, (second) => second);
  expect(warnings).toContain('W_CLOCK');
});

test('follows a step of nearly ten minutes at every sample rate', async () => {
  const path = join(await scratch(), 'long.mka');
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    toneSource(6),
    '-af',
    "asetpts='PTS+gt(T,2.5)*570/TB'",
    ...AAC.split(' '),
    path,
  );
  for (const sampleRate of [8000, 48_000]) {
    const { pcm } = await drain(decodeFile(path, { sampleRate }));
    expect(pcm.length / 2 / sampleRate).toBeCloseTo(576, 1);
  }
});

test('decodes a transport stream that is cut in the middle from its first sound', async () => {
  const folder = await scratch();
  const [whole, path] = [join(folder, 'whole.ts'), join(folder, 'cut.ts')];
  await ffmpeg('-f', 'lavfi', '-i', toneSource(20), ...`${AAC} -f mpegts`.split(' '), whole);
  const packets = packetsOf(await readFile(whole));
  await writeFile(path, Buffer.concat(packets.slice(Math.floor(packets.length / 2))));
  const { tones, seconds } = await everyWay(path);
  expect(seconds).toBeGreaterThan(9);
  expect(seconds).toBeLessThan(11);
  expect(tones.length).toBeGreaterThanOrEqual(9);
});

// The delay of an encoder is not stated in ADTS, in MP3 in Matroska, and in MP3 that is written to a pipe.
test.each([
  ['wav', 'path', AAC, 0],
  ['mp3', 'path', AAC, 0],
  ['aac', 'path', AAC, 0.023],
  ['opus', 'path', AAC, 0],
  ['aac', 'stream', AAC, 0.023],
  ['mp3', 'stream', '-c:a libmp3lame -ar 44100', 2 * 0.025],
  ['opus', 'stream', '-c:a libopus', 0],
] as const)('converts to %s with the same times, from a %s of %s', async (to, kind, encoding, delay) => {
  const folder = await scratch();
  const [path, output] = [join(folder, 'gap.mka'), join(folder, `output.${to}`)];
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    toneSource(6),
    '-af',
    "asetpts='PTS+gt(T,2.5)*5.5/TB'",
    ...encoding.split(' '),
    path,
  );
  const warnings: string[] = [];
  const onWarning = ({ code }: FunAsrError): void => void warnings.push(code);
  if (kind === 'path') await convertFile(path, output, { onWarning });
  else
    await pipeline(
      createReadStream(path),
      convert({ to }).on('warning', onWarning),
      createWriteStream(output),
    );
  // Opus has timestamps: its packets are copied with the gap between them.
  const isCopied = kind === 'stream' && to === 'opus';
  const { tones } = await everyWay(output);
  expectPlaces(
    tones.map(({ second, at }) => ({ second, at: at - delay })),
    6,
    (n) => n + (n > 2 ? 5.5 : 0),
  );
  expect(warnings).toEqual(isCopied ? [] : ['W_CLOCK']);
});

function packetsOf(stream: Buffer): Buffer[] {
  return Array.from({ length: stream.length / 188 }, (_, index) =>
    stream.subarray(index * 188, (index + 1) * 188),
  );
}
