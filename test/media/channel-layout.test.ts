import { expect, test } from 'vitest';
import { centreChannel, layoutMask, mixWeights } from '../../lib/media/channel-layout.ts';

test.each([1, 2, 3, 5, 8, 24, 32])('%i channels without speakers are equal', (channels) => {
  expect(mixWeights({ channels, mask: 0 })).toEqual(Array.from({ length: channels }, () => 1 / channels));
});

test('a layout has the weights of its speakers, without the subwoofer, and their sum is 1', () => {
  const weights = mixWeights({ channels: 6, mask: layoutMask('5.1') });
  expect(weights[3]).toBe(0);
  expect(weights[2]).toBeGreaterThan(weights[0] ?? 1);
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
});

test('a mask that does not fit the number of channels names no speakers', () => {
  expect(mixWeights({ channels: 4, mask: layoutMask('5.1') })).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(centreChannel({ channels: 4, mask: layoutMask('5.1') })).toBeUndefined();
});

test.each([
  ['3.0', 3, 2],
  ['5.1(side)', 6, 2],
  ['7.1', 8, 2],
  ['stereo', 2, undefined],
  ['quad', 4, undefined],
  ['2.1', 3, undefined],
  ['6 channels', 6, undefined],
])('finds the centre of %s with %i channels: %s', (layout, channels, centre) => {
  expect(centreChannel({ channels, mask: layoutMask(layout) })).toBe(centre);
});
