import { expect, it } from 'vitest';
import { FunAsrError } from '../../../lib/core/errors.ts';
import type { Gap } from '../../../lib/recognition/events/diagnostics.ts';
import { Losses } from '../../../lib/recognition/recovery/losses.ts';

const reason = new FunAsrError('E_SERVER', 'oops');

function gapsOf(work: (losses: Losses) => void): [number, number][] {
  const gaps: Gap[] = [];
  work(new Losses((gap) => gaps.push(gap)));
  return gaps.map(({ begin_time, end_time }) => [begin_time, end_time]);
}

it('what adjoins is one gap, told when something comes that is no loss', () => {
  const told = gapsOf((losses) => {
    losses.add({ beginMs: 100, endMs: 200 }, reason);
    losses.add({ beginMs: 200, endMs: 450 }, reason);
    losses.tell();
    losses.tell();
  });
  expect(told).toEqual([[100, 450]]);
});

it('what lies apart is told apart', () => {
  const told = gapsOf((losses) => {
    losses.add({ beginMs: 100, endMs: 200 }, reason);
    losses.add({ beginMs: 300, endMs: 400 }, reason);
    losses.tell();
    losses.add({ beginMs: 400, endMs: 500 }, reason);
    losses.tell();
  });
  expect(told).toEqual([
    [100, 200],
    [300, 400],
    [400, 500],
  ]);
});

it('nothing is told while it may go on, and nothing when nothing was lost', () => {
  expect(gapsOf((losses) => losses.add({ beginMs: 100, endMs: 200 }, reason))).toEqual([]);
  expect(gapsOf((losses) => losses.tell())).toEqual([]);
});
