import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { SAMPLE_FORMATS } from '../../lib/media/pcm.ts';
import { resample } from '../../lib/audio/resample.ts';
import { drain, envelope, ffmpeg, likeness, SPEECH, SPEECH_SECONDS } from './samples.ts';

const STEREO_48K = { sampleRate: 48_000, channels: 2, format: 's16le' } as const;

const pcm = (...args: string[]): Promise<Buffer> => ffmpeg('-i', SPEECH, ...args, 'pipe:1');

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

test.each(SAMPLE_FORMATS)('resamples %s at 48 kHz in stereo to 16 kHz mono', async (format) => {
  const source = await pcm('-ar', '48000', '-ac', '2', '-f', format);
  const stage = Readable.from(pieces(source, 9601)).pipe(resample({ from: { ...STEREO_48K, format } }));
  const { pcm: result, warnings } = await drain(stage);
  expect(Math.abs(result.length / 32_000 - SPEECH_SECONDS)).toBeLessThan(0.01);
  expect(likeness(envelope(result), envelope(await pcm('-f', 's16le')))).toBeGreaterThan(0.99);
  expect(warnings).toEqual([]);
});

test('produces the same result however the input is cut', async () => {
  const source = await pcm('-ar', '48000', '-ac', '2', '-f', 's16le');
  const [coarse, fine] = await Promise.all(
    [source.length, 997].map((size) =>
      buffer(Readable.from(pieces(source, size)).pipe(resample({ from: STEREO_48K, sampleRate: 8000 }))),
    ),
  );
  expect(coarse?.length).toBeGreaterThan(7 * 16_000);
  expect(fine?.equals(coarse ?? Buffer.alloc(0))).toBe(true);
});

test('uses the loudest channel and warns when the channels cancel each other out', async () => {
  const source = await pcm('-af', 'pan=stereo|c0=c0|c1=-1*c0', '-f', 's16le');
  const stage = Readable.from(pieces(source, 6400)).pipe(
    resample({ from: { ...STEREO_48K, sampleRate: 16_000 } }),
  );
  const { pcm: result, warnings } = await drain(stage);
  expect(warnings).toEqual(['W_LOUDEST_CHANNEL']);
  expect(likeness(envelope(result), envelope(await pcm('-f', 's16le')))).toBeGreaterThan(0.99);
  expect(result.length).toBe(source.length / 2);
});

test('emits output before a live source ends', async () => {
  const microphone = new PassThrough();
  const stage = microphone.pipe(resample({ from: STEREO_48K }));
  const source = await pcm('-ar', '48000', '-ac', '2', '-f', 's16le');
  microphone.write(source.subarray(0, 192_000 * 2));
  const [first] = await stage.take(1).toArray();
  expect((first as Buffer).length).toBeGreaterThan(0);
  microphone.destroy();
});

test('emits no output without input', async () => {
  expect(await buffer(Readable.from([]).pipe(resample({ from: STEREO_48K })))).toHaveLength(0);
});

test.each([
  ['u8', 3],
  ['mulaw', 3],
  ['s16le', 6],
  ['s24be', 9],
  ['f32le', 12],
  ['f64be', 24],
] as const)(
  'drops an incomplete sample of %s with three channels, which has %i bytes',
  async (format, size) => {
    const made = [size - 1, size, 2 * size - 1].map((length) => {
      const stage = resample({ from: { sampleRate: 16_000, channels: 3, format } });
      return buffer(Readable.from([Buffer.alloc(length)]).pipe(stage));
    });
    expect((await Promise.all(made)).map(({ length }) => length)).toEqual([0, 2, 2]);
  },
);

test.each([
  [
    { from: { ...STEREO_48K, channels: 0 } },
    /resample: from: option channels must be an integer from 1 to 64/,
  ],
  [{ from: { ...STEREO_48K, format: 'mp3' } }, /resample: from: option format must be one of s16le/],
  [{ from: { ...STEREO_48K, rate: 1 } }, /there is no option rate/],
  [{ from: STEREO_48K, sampleRate: 0 }, /option sampleRate must be one of 8000/],
  [{ from: 48_000 }, /option from must be an object/],
])('refuses %o', (options, message) => {
  expect(() => resample(options as never)).toThrow(message);
});
