import { expect, test } from 'vitest';
import {
  CancellationDetector,
  SingleChannelReport,
  type SingleChannelSpan,
} from '../../../lib/audio/channels/cancellation.ts';
import { block } from './blocks.ts';

const HALVES = [0.5, 0.5];

test.each([
  ['opposite phase', [1000, -900], 0],
  ['opposite phase, the second one louder', [900, -1000], 1],
  ['the same sound', [1000, 900], undefined],
  ['one channel with sound', [1000, 0], undefined],
  ['opposite phase that is not audible', [20, -20], undefined],
])('chooses a channel for %s', (_, amplitudes, channel) => {
  expect(new CancellationDetector(HALVES).channelInstead(block(amplitudes))).toBe(channel);
});

test('keeps the channel while the others are not twice as strong, and returns to a mix that is as good', () => {
  const detector = new CancellationDetector(HALVES);
  const choices = [
    [1000, -900],
    [900, -1000],
    [500, -1000],
    [1000, 1000],
  ].map((amplitudes) => detector.channelInstead(block(amplitudes)));
  expect(choices).toEqual([0, 0, 1, undefined]);
});

test('decides nothing anew in silence', () => {
  const detector = new CancellationDetector(HALVES);
  expect(detector.channelInstead(block([1000, -1000]))).toBe(0);
  expect(detector.channelInstead(block([0, 0]))).toBe(0);
});

test('finds a channel that the mix leaves out', () => {
  const weights = [0.5, 0.5, 0];
  expect(new CancellationDetector(weights).channelInstead(block([0, 0, 1000], weights))).toBe(2);
});

function reportOf(blocks: readonly (readonly [beginMs: number, channel: number | undefined])[]) {
  const spans: SingleChannelSpan[] = [];
  const report = new SingleChannelReport((span) => spans.push(span));
  for (const [beginMs, channel] of blocks) report.add(beginMs, channel);
  report.end();
  return spans;
}

test('reports one span for blocks with up to 30 s between them', () => {
  expect(
    reportOf([
      [1000, 1],
      [1100, 1],
      [1200, undefined],
      [31_000, 0],
    ]),
  ).toEqual([{ beginMs: 1000, endMs: 31_100, channel: 0 }]);
});

test('reports two spans when there is more between them, and none below 300 ms', () => {
  const long = [0, 100, 200].map((ms) => [ms, 1] as const);
  const later = [40_000, 40_100, 40_200].map((ms) => [ms, 1] as const);
  expect(reportOf([...long, ...later]).map(({ beginMs }) => beginMs)).toEqual([0, 40_000]);
  expect(reportOf(long.slice(1))).toEqual([]);
});
