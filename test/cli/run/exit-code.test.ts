import { expect, it } from 'vitest';
import { TranscriptionTotals } from '../../../lib/batch/report/totals.ts';
import { exitCodeOf, exitCodeOfRun } from '../../../lib/cli/run/exit-code.ts';
import { FunAsrError } from '../../../lib/core/errors.ts';

it.each([
  ['E_AUTH', 4],
  ['E_FORBIDDEN', 4],
  ['E_NO_KEY', 2],
  ['E_NOTHING', 2],
  ['E_FFMPEG_MISSING', 2],
  ['E_CAPTURE', 2],
  ['E_MODEL_MISSING', 2],
  ['E_PORT', 2],
  ['E_OPTION', 2],
  ['E_BAD_MEDIA', 1],
  ['E_DISK_FULL', 1],
] as const)('%s gives exit code %i', (code, exitCode) => {
  expect(exitCodeOf(code)).toBe(exitCode);
});

it('is 0 for a run, 1 when a recording failed, or the code of the error that stopped the run', () => {
  const report = new TranscriptionTotals().report(0);
  expect(exitCodeOfRun(report)).toBe(0);
  expect(exitCodeOfRun({ ...report, failed: 1 })).toBe(1);
  expect(exitCodeOfRun({ ...report, failed: 1, stoppedBy: new FunAsrError('E_AUTH', 'no') })).toBe(4);
});
