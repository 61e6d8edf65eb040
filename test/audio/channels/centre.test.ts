import { expect, test } from 'vitest';
import { CentreWeights } from '../../../lib/audio/channels/centre.ts';
import { layoutMask, mixWeights } from '../../../lib/media/channel-layout.ts';
import { block } from './blocks.ts';

const SURROUND = { channels: 6, mask: layoutMask('5.1') };
const CENTRE = 2;
const SUBWOOFER = 3;

function surround(): CentreWeights {
  const weights = CentreWeights.for(SURROUND);
  if (!weights) throw new Error('5.1 has a centre');
  return weights;
}

const silent = block([0, 0, 0, 0, 0, 0]);
const dialogue = block([0, 0, 3000, 0, 0, 0]);

test.each(['', 'quad', '2.1'])('does not apply to the layout "%s"', (name) => {
  expect(CentreWeights.for({ channels: 4, mask: layoutMask(name) })).toBeUndefined();
});

test('uses the usual mix while the centre is silent', () => {
  const blocks = Array.from({ length: 21 }, () => silent);
  expect(surround().weights(blocks, 10)).toEqual(mixWeights(SURROUND));
});

test('counts the centre as active for 500 ms before and after its sound', () => {
  const blocks = Array.from({ length: 21 }, (_, index) => (index === 10 ? dialogue : silent));
  const active = blocks.flatMap((_, at) => (surround().isActive(blocks, at) ? [at] : []));
  expect(active).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
});

test('uses the centre almost alone while the other channels are steady', () => {
  const music = block([2000, 2000, 3000, 500, 1000, 1000]);
  const weights = surround().weights(
    Array.from({ length: 21 }, () => music),
    10,
  );
  expect(weights[CENTRE]).toBe(1);
  expect(weights[0]).toBeCloseTo((mixWeights(SURROUND)[0] ?? 0) * 0.06);
  expect(weights[SUBWOOFER]).toBe(0);
});

test('raises the centre to 0.6 of the mix while there are too few blocks to judge the others', () => {
  const weights = surround().weights([dialogue], 0);
  expect(weights[CENTRE]).toBe(0.6);
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
});
