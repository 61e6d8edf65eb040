import { expect, it } from 'vitest';
import { planConversions } from '../../../lib/batch/plan/convert-plan.ts';

const recordings = (...inputs: string[]) => inputs.map((input) => ({ input, subfolder: '' }));

it('places an output beside its recording, with the same name', () => {
  expect(planConversions(recordings('a/talk.one.wav'), 'mp3').conversions).toMatchObject([
    { input: 'a/talk.one.wav', folder: 'a', name: 'talk.one.mp3', output: 'a/talk.one.mp3' },
  ]);
});

it('keeps a sub-folder below an output folder', () => {
  const { conversions } = planConversions([{ input: 'talks/day1/a.wav', subfolder: 'day1' }], 'pcm', 'out');
  expect(conversions.map(({ output }) => output)).toEqual(['out/day1/a.pcm']);
});

it('keeps the extensions of recordings whose outputs would have the same name', () => {
  const { conversions } = planConversions(recordings('talk.flac', 'talk.wav'), 'mp3');
  expect(conversions.map(({ name }) => name)).toEqual(['talk.flac.mp3', 'talk.wav.mp3']);
});

it('leaves out recordings that are their own outputs', () => {
  const plan = planConversions(recordings('talk.mp3', 'talk.wav', 'OTHER.MP3'), 'mp3');
  expect(plan.ownOutputs).toEqual(['talk.mp3', 'OTHER.MP3']);
  expect(plan.conversions.map(({ output }) => output)).toEqual(['talk.mp3']);
  expect(planConversions(recordings('talk.mp3'), 'mp3', 'out').ownOutputs).toEqual([]);
});

it('names the output of standard input stdin', () => {
  expect(planConversions(recordings('-'), 'opus', 'out').conversions[0]?.output).toBe('out/stdin.opus');
});
