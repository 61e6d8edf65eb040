import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Conversion,
  type ConversionOutput,
  convertAudio,
} from '../../../lib/audio/ffmpeg/convert-audio.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from '../../../lib/audio/ffmpeg/job.ts';
import type { FunAsrError } from '../../../lib/core/errors.ts';
import { ENCODER, sample, scratch, SPEECH } from '../samples.ts';

async function convert(output: ConversionOutput, path = SPEECH, ffmpegPath?: string) {
  const warnings: FunAsrError[] = [];
  const chunks: Buffer[] = [];
  const context = {
    signal: new AbortController().signal,
    warn: (warning: FunAsrError) => void warnings.push(warning),
  };
  const ffmpeg = ffmpegPath === undefined ? await findFfmpeg() : { path: ffmpegPath };
  const source = { name: 'a.wav', input: { kind: 'file', path } } as const;
  const converted = convertAudio(new FfmpegJob(ffmpeg, source, context), output);
  let next: IteratorResult<Buffer, Conversion>;
  while (!(next = await converted.next()).done) chunks.push(next.value);
  return { bytes: Buffer.concat(chunks), conversion: next.value, warnings };
}

test('reports the duration of the audio in every encoding', async () => {
  for (const to of ['pcm', 'wav', 'mp3', 'aac', 'opus'] as const) {
    const { conversion, bytes } = await convert({ encoding: { to } });
    expect(Math.abs(conversion.durationMs - 7100)).toBeLessThan(150);
    expect(bytes.length).toBeGreaterThan(10_000);
  }
});

test('copies the same codec at the same rate, and encodes it for another rate', async () => {
  const mp3 = await sample(await scratch(), 'a.mp3', '-ar 44100');
  for (const [sampleRate, isCopy] of [
    [44_100, true],
    [16_000, false],
  ] as const) {
    const { conversion } = await convert({ encoding: { to: 'mp3', sampleRate } }, mp3);
    expect(conversion.isCopy).toBe(isCopy);
  }
});

test('accepts audio that just fits into the maximum duration, whatever the encoder adds', async () => {
  const telephone = await sample(await scratch(), 'a.wav', '-ar 8000');
  for (const to of ['mp3', 'aac', 'opus'] as const) {
    const fits = convert({ encoding: { to }, maxDurationMs: 7100 }, telephone);
    await expect(fits).resolves.toMatchObject({ warnings: [] });
    const exceeds = convert({ encoding: { to }, maxDurationMs: 6500 }, telephone);
    await expect(exceeds).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
  }
});

test.runIf(process.platform !== 'win32')('fails when a signal ended FFmpeg before it was done', async () => {
  const path = join(await scratch(), 'ffmpeg');
  // The result of a signal without its timing: FFmpeg ends normally with exit code 255.
  await writeFile(path, `#!/bin/sh\n${ENCODER} "$@"\nexit 255\n`, { mode: 0o755 });
  await expect(convert({ encoding: { to: 'opus' } }, SPEECH, path)).rejects.toMatchObject({
    code: 'E_DECODE_KILLED',
    retryable: true,
  });
});
