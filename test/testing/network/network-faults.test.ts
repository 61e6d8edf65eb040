import { expect, it } from 'vitest';
import { NETWORK_FAULTS, randomNetworkFaults } from '../../../lib/testing/network/network-faults.ts';

const SCHEDULES = Array.from({ length: 200 }, (_, seed) => randomNetworkFaults(seed));

it('random network faults are the same for the same seed only, and are 1 to 8 of all kinds', () => {
  expect(randomNetworkFaults(7)).toEqual(SCHEDULES[7]);
  expect(randomNetworkFaults(7)).not.toEqual(SCHEDULES[8]);
  expect(new Set(SCHEDULES.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
  expect(new Set(SCHEDULES.flat().map(({ kind }) => kind))).toEqual(new Set(Object.keys(NETWORK_FAULTS)));
});

it('random amounts are in the range of their kind', () => {
  for (const { kind, amount } of SCHEDULES.flat()) {
    const [min, max] = NETWORK_FAULTS[kind].amount ?? [];
    const isRight = amount === undefined ? !min : amount >= (min ?? 0) && amount <= (max ?? 0);
    expect([kind, isRight]).toEqual([kind, true]);
  }
});

it('no three random faults break a connection within the same audio', () => {
  for (const faults of SCHEDULES) {
    const times = faults
      .filter(({ kind }) => ['corrupt', 'drop', 'reset', 'half-open'].includes(kind))
      .map(({ atMs }) => atMs);
    expect(times.every((atMs, index) => index < 2 || atMs - (times[index - 2] ?? 0) >= 10_000)).toBe(true);
  }
});

it('a negative duration is rejected', () => {
  expect(() => randomNetworkFaults(1, { durationMs: -1 })).toThrow(/durationMs must be an integer/);
});
