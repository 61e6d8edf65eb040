import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { convertFile } from '../../../lib/audio/convert-file.ts';
import { decodeFile, type DecodeOptions } from '../../../lib/audio/decode-file.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import type { FunAsrError } from '../../../lib/core/errors.ts';
import { layoutMask } from '../../../lib/media/channel-layout.ts';
import { drain, ENCODER, ffmpeg, scratch, SPEECH, streamed } from '../samples.ts';
import { amplitudeOf, samplesOf, tone, writeWav } from './wav-file.ts';

/** FFmpeg of 2018, and the first one of this machine: often the same. */
const FFMPEGS = [...new Set([ENCODER, (await findFfmpeg()).path, '/usr/bin/ffmpeg'])].filter(existsSync);

/** Both ways of reading a file. */
const WAYS: [string, (path: string, options?: DecodeOptions) => Readable][] = [
  ['a file', decodeFile],
  ['a stream', streamed],
];

const speech = async (): Promise<number[]> => samplesOf(await buffer(decodeFile(SPEECH)));
const silence = (seconds: number): number[] => tone(0, seconds);

/** Reads a stream with the warnings themselves. */
async function withWarnings(stream: Readable): Promise<{ pcm: Buffer; warnings: FunAsrError[] }> {
  const warnings: FunAsrError[] = [];
  stream.on('warning', (warning: FunAsrError) => warnings.push(warning));
  return { pcm: await buffer(stream), warnings };
}

describe.each(FFMPEGS)('with %s', (ffmpegPath) => {
  test.each([2, 3, 4, 5, 6, 7, 8, 10, 16, 24, 32])(
    'every one of %i channels without a layout is as loud in the mix as any other',
    async (count) => {
      const path = join(await scratch(), 'tracks.wav');
      const hz = (channel: number): number => 400 + 110 * channel;
      await writeWav(
        path,
        Array.from({ length: count }, (_, channel) => tone(hz(channel), 1)),
      );
      const { pcm, warnings } = await drain(decodeFile(path, { ffmpegPath }));
      for (let channel = 0; channel < count; channel += 1) {
        expect(amplitudeOf(pcm, hz(channel), 0, 1) * count).toBeCloseTo(0.25, 1);
      }
      expect(warnings).toEqual([]);
    },
  );

  test.each(WAYS)('one channel of several is decoded alone from %s', async (_, open) => {
    const path = join(await scratch(), 'tracks.wav');
    await writeWav(path, [tone(440, 1), tone(1000, 1), tone(1500, 1)]);
    const { pcm } = await drain(open(path, { ffmpegPath, channels: 1 }));
    expect(amplitudeOf(pcm, 1000, 0, 1)).toBeCloseTo(0.25, 2);
    expect(amplitudeOf(pcm, 440, 0, 1) + amplitudeOf(pcm, 1500, 0, 1)).toBeLessThan(0.001);
  });

  test('a channel that does not exist is refused', async () => {
    const stream = decodeFile(SPEECH, { ffmpegPath, channels: 1 });
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'E_TRACK' });
  });

  test.each(WAYS)('float above full scale is lowered, not clipped, in %s', async (_, open) => {
    const path = join(await scratch(), 'hot.wav');
    const source = await speech();
    await writeWav(path, [source.map((sample) => sample * 16)], { isFloat: true });
    const { pcm } = await drain(open(path, { ffmpegPath }));
    const samples = samplesOf(pcm);
    const clipped = samples.filter((sample) => Math.abs(sample) > 0.9999).length;
    expect(clipped).toBeLessThan(10);
    expect(Math.max(...samples)).toBeGreaterThan(0.5);
  });

  test('float within full scale keeps its level', async () => {
    const path = join(await scratch(), 'float.wav');
    await writeWav(path, [tone(440, 1), tone(1000, 1)], { isFloat: true });
    const { pcm } = await drain(decodeFile(path, { ffmpegPath, channels: 0 }));
    expect(amplitudeOf(pcm, 440, 0, 1)).toBeCloseTo(0.25, 3);
  });

  test('converts ten channels without a layout to one, equally', async () => {
    const folder = await scratch();
    const path = await writeWav(
      join(folder, 'ten.wav'),
      Array.from({ length: 10 }, (_, channel) => tone(400 + 110 * channel, 1)),
    );
    const mono = join(folder, 'mono.wav');
    await convertFile(path, mono, { ffmpegPath, channels: 1 });
    const { pcm } = await drain(decodeFile(mono, { ffmpegPath }));
    for (let channel = 0; channel < 10; channel += 1) {
      expect(amplitudeOf(pcm, 400 + 110 * channel, 0, 1)).toBeCloseTo(0.025, 2);
    }
  });
});

describe.each(WAYS)('channels that cancel each other out in %s', (_, open) => {
  const inverse = (samples: readonly number[]): number[] => samples.map((sample) => -sample);

  test('are replaced by the loudest one after a beginning in phase, for that part only', async () => {
    const path = join(await scratch(), 'jingle.wav');
    const jingle = tone(700, 2);
    const words = tone(1200, 2);
    await writeWav(path, [
      [...jingle, ...words, ...jingle],
      [...jingle, ...inverse(words), ...jingle],
    ]);
    const { pcm, warnings } = await withWarnings(open(path));
    expect(amplitudeOf(pcm, 700, 0, 1.9)).toBeCloseTo(0.25, 2);
    expect(amplitudeOf(pcm, 1200, 2, 4)).toBeCloseTo(0.25, 2);
    expect(amplitudeOf(pcm, 700, 4.1, 6)).toBeCloseTo(0.25, 2);
    expect(warnings).toMatchObject([{ code: 'W_LOUDEST_CHANNEL', span: { beginMs: 2000, endMs: 4000 } }]);
  });

  test('are found beside common noise that is not silent', async () => {
    const path = join(await scratch(), 'noise.wav');
    const words = tone(1200, 2, 0.1);
    const noise = tone(333, 2, 0.006);
    const sum = (a: readonly number[], b: readonly number[]): number[] =>
      a.map((sample, at) => sample + (b[at] ?? 0));
    await writeWav(path, [sum(words, noise), sum(inverse(words), noise)]);
    const { pcm, warnings } = await withWarnings(open(path));
    expect(amplitudeOf(pcm, 1200, 0, 2)).toBeCloseTo(0.1, 2);
    expect(warnings.map(({ code }) => code)).toEqual(['W_LOUDEST_CHANNEL']);
  });

  test('are found when one of them is softer', async () => {
    const path = join(await scratch(), 'softer.wav');
    await writeWav(path, [tone(1200, 2), inverse(tone(1200, 2, 0.2))]);
    const { pcm } = await withWarnings(open(path));
    expect(amplitudeOf(pcm, 1200, 0, 2)).toBeCloseTo(0.25, 2);
  });

  test('are not found in two different speakers at the same time', async () => {
    const folder = await scratch();
    const other = samplesOf(await buffer(decodeFile('fixtures/himself.ogg')));
    const path = await writeWav(join(folder, 'two.wav'), [await speech(), other]);
    expect((await withWarnings(open(path))).warnings).toEqual([]);
  });
});

describe('a layout with a centre', () => {
  const MASK = layoutMask('5.1');

  test('has the centre alone while the others add no speech', async () => {
    const words = await speech();
    const music = tone(440, 7, 0.1);
    const path = join(await scratch(), 'film.wav');
    await writeWav(path, [music, music, words, [], music, music], { mask: MASK });
    const [auto, off] = await Promise.all([
      buffer(decodeFile(path)),
      buffer(decodeFile(path, { centre: 'off' })),
    ]);
    const source = await buffer(decodeFile(SPEECH));
    const share = (pcm: Buffer): number => amplitudeOf(pcm, 440, 2, 6) / Math.sqrt(energyOf(pcm));
    expect(energyOf(auto)).toBeGreaterThan(energyOf(source) * 0.9);
    expect(share(auto)).toBeLessThan(share(off) / 4);
  });

  test.each([
    ['left', 0],
    ['right', 1],
    ['back left', 4],
  ])('keeps a speaker on %s while the centre is silent', async (_, channel) => {
    const path = join(await scratch(), 'aside.wav');
    const channels: number[][] = Array.from({ length: 6 }, () => []);
    channels[2] = tone(500, 3);
    channels[channel] = [...silence(3), ...tone(1000, 3)];
    await writeWav(path, channels, { mask: MASK });
    const { pcm, warnings } = await drain(decodeFile(path));
    expect(pcm.length).toBe(6 * 32_000);
    expect(amplitudeOf(pcm, 1000, 4, 6)).toBeGreaterThan(0.02);
    expect(warnings).toEqual([]);
  });

  test('keeps a speaker on the left while the centre speaks', async () => {
    const path = join(await scratch(), 'both.wav');
    const words = await speech();
    // Syllables of 200 ms at 1 kHz.
    const syllables = tone(1000, 7).map((sample, at) => (Math.floor(at / 3200) % 3 === 0 ? sample : 0));
    await writeWav(path, [syllables, [], words, [], [], []], { mask: MASK });
    const { pcm } = await drain(decodeFile(path));
    expect(amplitudeOf(pcm, 1000, 0, 7)).toBeGreaterThan(0.005);
  });

  test('is found in compressed surround sound too, however it is read', async () => {
    const folder = await scratch();
    const wav = join(folder, 'film.wav');
    await writeWav(wav, [tone(440, 4), tone(440, 4), tone(1000, 4), [], [], []], { mask: MASK });
    const path = join(folder, 'film.mkv');
    await ffmpeg('-i', wav, '-c:a', 'ac3', path);
    for (const stream of [decodeFile(path), streamed(path)]) {
      const { pcm } = await drain(stream);
      const centre = amplitudeOf(pcm, 1000, 2, 3);
      expect(centre).toBeGreaterThan(0.2);
      expect(amplitudeOf(pcm, 440, 2, 3)).toBeLessThan(centre / 10);
    }
  });
});

function energyOf(pcm: Buffer): number {
  return samplesOf(pcm).reduce((sum, sample) => sum + sample ** 2, 0);
}
