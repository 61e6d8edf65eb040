import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ClockedRun } from '../../../lib/audio/ffmpeg/clocked-run.ts';
import { toneSource, tonesIn } from '../clock/tones.ts';
import { ffmpeg, scratch } from '../samples.ts';
import { jobOverFile } from './runs.ts';

async function gapped(): Promise<string> {
  const path = join(await scratch(), 'gap.mka');
  const gap = "asetpts='PTS+gt(T,1.5)*2.25/TB'";
  await ffmpeg('-f', 'lavfi', '-i', toneSource(4), '-af', gap, '-metadata', 'title=Talk', path);
  return path;
}

test('gives PCM on the clock of the source, its metadata, and a warning of the silence', async () => {
  const { job, warnings } = await jobOverFile(await gapped());
  const run = new ClockedRun(job, { sampleRate: 16_000, channels: 1, hasMetadata: true });
  expect(run.hasSound).toBe(false);
  const pcm = await buffer(run.pcm());
  expect(tonesIn(pcm).map(({ at }) => at.toFixed(1))).toEqual(['0.0', '1.0', '4.3', '5.3']);
  expect(run.hasSound).toBe(true);
  expect(run.metadata.get('title') ?? run.metadata.get('TITLE')).toBe('Talk');
  expect(warnings).toEqual([]);
  await run.assess();
  expect(warnings).toEqual(['W_CLOCK']);
});
