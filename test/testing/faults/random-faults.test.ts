import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../../lib/testing/faults/fault-kinds.ts';
import { BREAKING, randomFaults } from '../../../lib/testing/faults/random-faults.ts';

const SCHEDULES = Array.from({ length: 300 }, (_, seed) => randomFaults(seed, { durationMs: 20_000 }));

describe('random faults', () => {
  it('are the same for the same seed only', () => {
    expect(randomFaults(7)).toEqual(randomFaults(7));
    expect(randomFaults(7)).not.toEqual(randomFaults(8));
  });

  it('are 1 to 8 faults of all kinds, within the audio', () => {
    expect(new Set(SCHEDULES.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    const faults = SCHEDULES.flat();
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    const harmless = faults.filter(({ kind }) =>
      ['delay', 'duplicate', 'reorder', 'invalid-message'].includes(kind),
    );
    expect(harmless.every(({ atMs }) => atMs >= 0 && atMs <= 20_000)).toBe(true);
  });

  it('have the requested number and kinds', () => {
    const faults = randomFaults(1, { count: 50, kinds: ['drop', 'fail'] });
    expect(faults).toHaveLength(50);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['drop', 'fail']));
    expect(randomFaults(1, { kinds: [] })).toEqual([]);
  });

  it('affect connections and task starts only where the client must connect', () => {
    for (const faults of SCHEDULES) {
      const starts = faults.filter(({ kind }) =>
        ['refuse', 'throttle', 'never-open', 'never-start'].includes(kind),
      );
      const others = new Set([
        0,
        ...faults.filter((fault) => !starts.includes(fault)).map(({ atMs }) => atMs),
      ]);
      expect(starts.filter(({ atMs }) => !others.has(atMs))).toEqual([]);
    }
  });

  it('break no task three times in the same audio', () => {
    for (const faults of SCHEDULES) {
      const breaks = faults.filter(({ kind }) => BREAKING.includes(kind) && kind !== 'never-finish');
      const times = breaks.map(({ atMs }) => atMs);
      expect(times.filter((atMs, index) => index >= 2 && atMs - (times[index - 2] ?? 0) < 10_000)).toEqual(
        [],
      );
    }
  });

  it('reject unknown kinds', () => {
    expect(() => randomFaults(1, { kinds: ['dorp' as 'drop'] })).toThrow(/kinds must be one of refuse/);
  });
});
