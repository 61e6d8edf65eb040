import { expect, it } from 'vitest';
import { spaceFaults } from '../../../lib/testing/faults/fault-spacing.ts';

const at = (kind: string, ...all: number[]) => all.map((atMs) => ({ kind, atMs }));
const times = (faults: readonly { atMs: number }[]) => faults.map(({ atMs }) => atMs);

it('allows two close faults that break a task and postpones the third', () => {
  expect(times(spaceFaults(at('drop', 100, 300, 200, 400), ['drop']))).toEqual([100, 200, 20_200, 20_200]);
  expect(times(spaceFaults(at('drop', 0, 30_000, 60_000), ['drop']))).toEqual([0, 30_000, 60_000]);
});

it('postpones the second fault too when the schedule contains never-finish', () => {
  const faults = [...at('never-finish', 50), ...at('drop', 100, 200)];
  expect(times(spaceFaults(faults, ['drop', 'never-finish']))).toEqual([50, 100, 40_100]);
});

it('does not move faults that break no task', () => {
  expect(spaceFaults(at('delay', 3, 1, 2), ['drop'])).toEqual(at('delay', 1, 2, 3));
});
