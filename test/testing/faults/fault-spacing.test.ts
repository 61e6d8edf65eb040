import { expect, it } from 'vitest';
import { spaceOut } from '../../../lib/testing/faults/fault-spacing.ts';

const at = (kind: string, ...all: number[]) => all.map((atMs) => ({ kind, atMs }));
const times = (faults: readonly { atMs: number }[]) => faults.map(({ atMs }) => atMs);

it('two faults that break a task may come close together, the next has to wait', () => {
  expect(times(spaceOut(at('drop', 100, 300, 200, 400), ['drop']))).toEqual([100, 200, 20_200, 20_200]);
  expect(times(spaceOut(at('drop', 0, 30_000, 60_000), ['drop']))).toEqual([0, 30_000, 60_000]);
});

it('with a task that never finishes they come one by one, as the end is heard twice', () => {
  const faults = [...at('never-finish', 50), ...at('drop', 100, 200)];
  expect(times(spaceOut(faults, ['drop', 'never-finish']))).toEqual([50, 100, 40_100]);
});

it('others stay where they are', () => {
  expect(spaceOut(at('delay', 3, 1, 2), ['drop'])).toEqual(at('delay', 1, 2, 3));
});
