import { expect, it } from 'vitest';
import { NETWORK_FAULTS, randomNetworkFaults } from '../../../lib/testing/network/network-faults.ts';

const SCHEDULES = Array.from({ length: 200 }, (_, seed) => randomNetworkFaults(seed));

it('random faults of the network are the same for the same seed, 1 to 8 of all kinds', () => {
  expect(randomNetworkFaults(7)).toEqual(SCHEDULES[7]);
  expect(randomNetworkFaults(7)).not.toEqual(SCHEDULES[8]);
  expect(new Set(SCHEDULES.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
  expect(new Set(SCHEDULES.flat().map(({ kind }) => kind))).toEqual(new Set(Object.keys(NETWORK_FAULTS)));
});

it('their amounts are those of their kinds', () => {
  for (const { kind, amount } of SCHEDULES.flat()) {
    const [least, greatest] = NETWORK_FAULTS[kind].amount ?? [];
    const isRight = amount === undefined ? !least : amount >= (least ?? 0) && amount <= (greatest ?? 0);
    expect([kind, isRight]).toEqual([kind, true]);
  }
});

it('no three of them break a connection in the same audio', () => {
  for (const faults of SCHEDULES) {
    const times = faults
      .filter(({ kind }) => ['corrupt', 'drop', 'reset', 'half-open'].includes(kind))
      .map(({ atMs }) => atMs);
    expect(times.every((atMs, index) => index < 2 || atMs - (times[index - 2] ?? 0) >= 10_000)).toBe(true);
  }
});

it('options are checked', () => {
  expect(() => randomNetworkFaults(1, { durationMs: -1 })).toThrow(/durationMs must be an integer/);
});
