import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { decodeAudio, type PcmOutput } from '../../../lib/audio/ffmpeg/decode-audio.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from '../../../lib/audio/ffmpeg/job.ts';
import { ffmpeg, scratch, SPEECH } from '../samples.ts';

const warnings: string[] = [];

async function* decode(path = SPEECH, output: Partial<PcmOutput> = {}): AsyncGenerator<Buffer> {
  warnings.length = 0;
  const source = { name: path, input: { kind: 'file', path: resolve(path) } } as const;
  const { signal } = new AbortController();
  const warn = ({ code }: { code: string }) => void warnings.push(code);
  const job = new FfmpegJob(await findFfmpeg(), source, { signal, warn });
  yield* decodeAudio(job, { sampleRate: 16_000, ...output });
}

async function collect(pcm: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of pcm) chunks.push(chunk);
  return chunks;
}

test('emits whole samples in every chunk, and all of the audio', async () => {
  const chunks = await collect(decode());
  expect(chunks.every(({ length }) => length > 0 && length % 2 === 0)).toBe(true);
  expect(Buffer.concat(chunks).equals((await readFile(SPEECH)).subarray(44))).toBe(true);
});

test('emits the audio before the maximum duration exactly, then fails, and accepts audio that just fits', async () => {
  const whole = (await readFile(SPEECH)).subarray(44);
  const fits = Buffer.concat(await collect(decode(SPEECH, { maxDurationMs: 7100 })));
  expect(fits.length).toBe(whole.length);
  for (const maxDurationMs of [7099, 4096, 2048, 1024, 1]) {
    let bytes = 0;
    const exceeding = async (): Promise<void> => {
      for await (const { length } of decode(SPEECH, { maxDurationMs })) bytes += length;
    };
    await expect(exceeding()).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
    expect(bytes).toBe(maxDurationMs * 32);
  }
});

test('stops FFmpeg without a warning when the consumer breaks early', async () => {
  const path = join(await scratch(), 'long.flac');
  await ffmpeg(...'-f lavfi -i anoisesrc=r=16000:d=600 -c:a flac -compression_level 0'.split(' '), path);
  const children = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  for await (const chunk of decode(path)) {
    expect(chunk.length).toBeGreaterThan(0);
    expect(children()).toBe(1);
    break;
  }
  expect(warnings).toEqual([]);
  await expect.poll(children).toBe(0);
});

test('emits a silent beginning unchanged when the channels are silent too', async () => {
  const path = join(await scratch(), 'late.wav');
  const filter =
    'aevalsrc=0|0:s=16000:d=25,asetpts=N/SR/TB[a];amovie=fixtures/leisure.wav,pan=stereo|c0=c0|c1=c0[b];[a][b]concat=v=0:a=1';
  await ffmpeg('-filter_complex', filter, path);
  const pcm = Buffer.concat(await collect(decode(path)));
  expect(pcm.length).toBe((25_000 + 7100) * 32);
  expect(pcm.subarray(0, 25_000 * 32).every((byte) => byte === 0)).toBe(true);
  expect(warnings).toEqual([]);
});
