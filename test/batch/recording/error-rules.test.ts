import { expect, it } from 'vitest';
import { isTransient, followsFromStop, isLoss, stopsRun } from '../../../lib/batch/recording/error-rules.ts';
import { type ErrorCode, FunAsrError } from '../../../lib/core/errors.ts';

const error = (code: ErrorCode) => new FunAsrError(code, 'x');

it('stops the run at errors that all recordings share, and at no others', () => {
  for (const code of ['E_BAD_MEDIA', 'E_READ', 'E_EXISTS', 'E_LOCKED', 'E_INTERNAL'] as const)
    expect([code, stopsRun(error(code))]).toEqual([code, false]);
  for (const code of ['E_AUTH', 'E_DISK_FULL', 'E_FFMPEG_MISSING', 'E_MODEL_MISSING'] as const)
    expect([code, stopsRun(error(code))]).toEqual([code, true]);
});

it('recognises errors that follow from the stop of a run', () => {
  for (const code of ['E_INTERRUPTED', 'E_DISK_FULL', 'E_AUTH'] as const)
    expect([code, followsFromStop(error(code))]).toEqual([code, true]);
  expect(followsFromStop(error('E_BAD_MEDIA'))).toBe(false);
});

it('decodes again only when FFmpeg was killed or made no progress', () => {
  for (const code of ['E_DECODE_KILLED', 'E_DECODE_TIMEOUT'] as const)
    expect([code, isTransient(error(code))]).toEqual([code, true]);
  for (const code of ['E_BAD_MEDIA', 'E_DURATION_LIMIT', 'E_CONNECTION_LOST', 'E_INTERRUPTED'] as const)
    expect([code, isTransient(error(code))]).toEqual([code, false]);
});

it('counts warnings about missing audio or words as losses', () => {
  for (const code of ['W_TRUNCATED', 'W_DECODE_TAIL', 'W_UNRECOGNIZED'] as const)
    expect([code, isLoss(error(code))]).toEqual([code, true]);
  for (const code of ['W_LOUDEST_CHANNEL', 'W_OPTION'] as const)
    expect([code, isLoss(error(code))]).toEqual([code, false]);
});
