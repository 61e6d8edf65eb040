import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Conversion, type ConversionJob, convertAudio } from '../../../lib/audio/ffmpeg/conversion.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/ffmpeg.ts';
import type { FunAsrError } from '../../../lib/core/errors.ts';
import { ENCODER, sample, scratch, SPEECH } from '../samples.ts';

async function run(job: Partial<ConversionJob> & Pick<ConversionJob, 'encoding'>, path = SPEECH) {
  const warnings: FunAsrError[] = [];
  const chunks: Buffer[] = [];
  const whole = { ffmpeg: await findFfmpeg(), name: 'a.wav', input: { kind: 'file', path } as const, ...job };
  const context = {
    signal: new AbortController().signal,
    warn: (warning: FunAsrError) => void warnings.push(warning),
  };
  const generator = convertAudio(whole, context);
  let next: IteratorResult<Buffer, Conversion>;
  while (!(next = await generator.next()).done) chunks.push(next.value);
  return { bytes: Buffer.concat(chunks), conversion: next.value, warnings };
}

test('the length is that of the audio, however it is encoded', async () => {
  for (const to of ['pcm', 'wav', 'mp3', 'aac', 'opus'] as const) {
    const { conversion, bytes } = await run({ encoding: { to } });
    expect(Math.abs(conversion.durationMs - 7100)).toBeLessThan(150);
    expect(bytes.length).toBeGreaterThan(10_000);
  }
});

test('what is of the same codec but another rate is encoded', async () => {
  const mp3 = await sample(await scratch(), 'a.mp3', '-ar 44100');
  expect((await run({ encoding: { to: 'mp3', sampleRate: 44_100 } }, mp3)).conversion.isCopy).toBe(true);
  expect((await run({ encoding: { to: 'mp3', sampleRate: 16_000 } }, mp3)).conversion.isCopy).toBe(false);
});

test('a length that just fits is no longer than the limit, whatever the encoder adds', async () => {
  const telephone = await sample(await scratch(), 'a.wav', '-ar 8000');
  for (const to of ['mp3', 'aac', 'opus'] as const) {
    const fits = run({ encoding: { to }, maxDurationMs: 7100 }, telephone);
    await expect(fits).resolves.toMatchObject({ warnings: [] });
    const exceeds = run({ encoding: { to }, maxDurationMs: 6500 }, telephone);
    await expect(exceeds).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
  }
});

test.runIf(process.platform !== 'win32')(
  'an FFmpeg that was told to end has made nothing whole',
  async () => {
    const path = join(await scratch(), 'ffmpeg');
    // What a signal makes of it, without its timing: it ends in good order, and says 255.
    await writeFile(path, `#!/bin/sh\n${ENCODER} "$@"\nexit 255\n`, { mode: 0o755 });
    const told = { path, version: '', source: 'option' } as const;
    await expect(run({ ffmpeg: told, encoding: { to: 'opus' } })).rejects.toMatchObject({
      code: 'E_DECODE_KILLED',
      retryable: true,
    });
  },
);
