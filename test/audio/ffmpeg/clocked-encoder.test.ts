import { expect, test } from 'vitest';
import { encodeArguments } from '../../../lib/audio/ffmpeg/arguments/convert-arguments.ts';
import { ClockedEncoder } from '../../../lib/audio/ffmpeg/clocked-encoder.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { wavFormat } from '../../../lib/media/containers/wav.ts';

async function encoderOf(pcm: AsyncGenerator<Buffer, void, void>): Promise<ClockedEncoder> {
  const { path } = await findFfmpeg();
  return new ClockedEncoder({
    pcm,
    metadata: () => new Map(),
    shape: { sampleRate: 16_000, channels: 1 },
    ffmpegPath: path,
    encode: (input, output) => encodeArguments(input, output, { encoding: { to: 'wav' }, isCopy: false }),
    signal: new AbortController().signal,
  });
}

async function readAll(encoder: ClockedEncoder): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let chunk = await encoder.read(); chunk; chunk = await encoder.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('encodes every sample', async () => {
  const pieces = [1000, 2, 64_000, 32].map((bytes, index) => Buffer.alloc(bytes, index + 1));
  const encoder = await encoderOf(
    (async function* () {
      yield* pieces;
    })(),
  );
  const wav = await readAll(encoder);
  expect(wavFormat(wav)).toMatchObject({ sampleRate: 16_000, channels: 1 });
  expect(wav.subarray(44).equals(Buffer.concat(pieces))).toBe(true);
});

test('fails with the failure of the source after the audio before it', async () => {
  const encoder = await encoderOf(
    (async function* () {
      yield Buffer.alloc(32_000);
      throw new Error('the source failed');
    })(),
  );
  await expect(readAll(encoder)).rejects.toThrow('the source failed');
});

test('ends the source when it is killed', async () => {
  let isEnded = false;
  const encoder = await encoderOf(
    (async function* () {
      try {
        for (;;) yield Buffer.alloc(32_000);
      } finally {
        isEnded = true;
      }
    })(),
  );
  await encoder.read();
  await encoder.kill();
  expect(isEnded).toBe(true);
});
