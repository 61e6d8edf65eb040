import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { MixedRun } from '../../../lib/audio/ffmpeg/mixed-run.ts';
import { amplitudeOf, tone, writeWav } from '../channels/wav-file.ts';
import { scratch } from '../samples.ts';
import { jobOverFile } from './runs.ts';

test('mixes channels that cancel each other out as decode() does, with a warning', async () => {
  const path = join(await scratch(), 'opposite.wav');
  const sound = tone(500, 2);
  await writeWav(path, [sound, sound.map((sample) => -sample)]);
  const { job, warnings } = await jobOverFile(path);
  const run = new MixedRun(job, { sampleRate: 16_000, channels: 'mix', centre: 'auto' });
  const pcm = await buffer(run.pcm());
  expect(pcm.length).toBe(2 * 32_000);
  expect(amplitudeOf(pcm, 500, 0.5, 1)).toBeCloseTo(0.25, 1);
  expect([run.hasSound, warnings]).toEqual([true, ['W_LOUDEST_CHANNEL']]);
  await run.assess();
  expect(warnings).toEqual(['W_LOUDEST_CHANNEL']);
});

test('has no sound, and nothing to assess, before it is read', async () => {
  const { job } = await jobOverFile('fixtures/leisure.wav');
  const run = new MixedRun(job, { sampleRate: 16_000, channels: 'mix', centre: 'auto' });
  await run.assess();
  expect([run.hasSound, run.metadata.size]).toEqual([false, 0]);
});
