import { expect, it } from 'vitest';
import { saysLoss, stopsRun } from '../../lib/batch/recording-failure.ts';
import { type ErrorCode, FunAsrError } from '../../lib/errors.ts';

const error = (code: ErrorCode) => new FunAsrError(code, 'x');

it('what concerns one recording stops no run; what all of them share does', () => {
  for (const code of ['E_BAD_MEDIA', 'E_READ', 'E_EXISTS', 'E_LOCKED', 'E_INTERNAL'] as const)
    expect([code, stopsRun(error(code))]).toEqual([code, false]);
  for (const code of ['E_AUTH', 'E_DISK_FULL', 'E_FFMPEG_MISSING', 'E_MODEL_MISSING'] as const)
    expect([code, stopsRun(error(code))]).toEqual([code, true]);
});

it('a warning says whether something is missing', () => {
  expect(saysLoss([error('W_OPTION'), error('W_TRUNCATED')])).toBe(true);
  expect(saysLoss([error('W_LOUDEST_CHANNEL')])).toBe(false);
});
