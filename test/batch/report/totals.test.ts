import { expect, it } from 'vitest';
import { NO_COST } from '../../../lib/batch/cost.ts';
import { NO_CONSUMPTION } from '../../../lib/batch/report/consumption.ts';
import type { TranscriptionResult } from '../../../lib/batch/report/results.ts';
import { TranscriptionTotals } from '../../../lib/batch/report/totals.ts';
import { FunAsrError } from '../../../lib/core/errors.ts';

const result = (status: TranscriptionResult['status'], durationMs: number): TranscriptionResult => ({
  type: 'result',
  input: 'x',
  status,
  outputs: [],
  durationMs,
  sentences: 1,
  engine: 'cloud',
  model: 'm',
  partial: false,
  warnings: [],
});

it('adds up results, and counts the rest as not started', () => {
  const totals = new TranscriptionTotals();
  totals.add(result('done', 1500), { sentMs: 1500, resentMs: 300, billedSeconds: 2 });
  totals.add(result('failed', 500), { sentMs: 600, resentMs: 100, billedSeconds: 1 });
  totals.add(result('skipped', 9000), { sentMs: 0, resentMs: 0, billedSeconds: 0 });
  totals.add(result('interrupted', 0), NO_CONSUMPTION);
  totals.add({ ...result('done', 0), partial: true }, NO_CONSUMPTION);
  totals.add({ ...result('done', 9000), fromKept: true }, NO_CONSUMPTION);
  const stoppedBy = new FunAsrError('E_AUTH', 'refused');
  expect(totals.report(8, stoppedBy)).toEqual({
    done: 3,
    partial: 1,
    fromKept: 1,
    ...NO_COST,
    skipped: 1,
    failed: 1,
    interrupted: 1,
    untried: 2,
    audioSeconds: 2,
    sentSeconds: 2.1,
    resentSeconds: 0.4,
    billedSeconds: 3,
    stoppedBy,
  });
});
