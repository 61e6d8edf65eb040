import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type DecodeJob, decodePcm } from '../../../lib/audio/ffmpeg/decode-pcm.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/ffmpeg.ts';
import { ffmpeg, scratch, SPEECH } from '../samples.ts';

async function job(path = SPEECH): Promise<DecodeJob> {
  return {
    ffmpeg: await findFfmpeg(),
    name: path,
    input: { kind: 'file', path: resolve(path) },
    sampleRate: 16_000,
  };
}

function context() {
  const warnings: string[] = [];
  const { signal } = new AbortController();
  return { signal, warn: ({ code }: { code: string }) => void warnings.push(code), warnings };
}

async function decoded(pcm: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of pcm) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('every chunk is whole samples, and together they are the audio', async () => {
  const chunks: Buffer[] = [];
  for await (const chunk of decodePcm(await job(), context())) chunks.push(chunk);
  expect(chunks.every(({ length }) => length > 0 && length % 2 === 0)).toBe(true);
  expect(Buffer.concat(chunks).equals((await readFile(SPEECH)).subarray(44))).toBe(true);
});

test('a limit is met to the sample: what just fits is whole, what is longer is given up to there', async () => {
  const whole = (await readFile(SPEECH)).subarray(44);
  const exact = { ...(await job()), maxDurationMs: 7100 };
  expect((await decoded(decodePcm(exact, context()))).length).toBe(whole.length);
  for (const maxDurationMs of [7099, 4096, 2048, 1024, 1]) {
    let bytes = 0;
    const tooLong = async (): Promise<void> => {
      for await (const { length } of decodePcm({ ...exact, maxDurationMs }, context())) bytes += length;
    };
    await expect(tooLong()).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
    expect(bytes).toBe(maxDurationMs * 32);
  }
});

test('whoever has enough leaves, and the FFmpeg with him, without a word about a loss', async () => {
  const path = join(await scratch(), 'long.flac');
  await ffmpeg(...'-f lavfi -i anoisesrc=r=16000:d=600 -c:a flac -compression_level 0'.split(' '), path);
  const heard = context();
  for await (const chunk of decodePcm(await job(path), heard)) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(heard.warnings).toEqual([]);
});

test('a beginning of silence is given like any other, when the channels are silent, too', async () => {
  const path = join(await scratch(), 'late.wav');
  const filter =
    'aevalsrc=0|0:s=16000:d=25,asetpts=N/SR/TB[a];amovie=fixtures/leisure.wav,pan=stereo|c0=c0|c1=c0[b];[a][b]concat=v=0:a=1';
  await ffmpeg('-filter_complex', filter, path);
  const heard = context();
  const pcm = await decoded(decodePcm(await job(path), heard));
  expect(pcm.length).toBe((25_000 + 7100) * 32);
  expect(pcm.subarray(0, 25_000 * 32).every((byte) => byte === 0)).toBe(true);
  expect(heard.warnings).toEqual([]);
});
