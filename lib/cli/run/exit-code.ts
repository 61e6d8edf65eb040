import type { RunReport } from '../../batch/report/results.ts';
import type { ErrorCode } from '../../core/errors.ts';

/** Exit code for wrong arguments, configuration or environment. */
export const USAGE = 2;

const ENVIRONMENT: readonly ErrorCode[] = [
  'E_OPTION',
  'E_NO_KEY',
  'E_LANGUAGE',
  'E_NOTHING',
  'E_FFMPEG_MISSING',
  'E_CAPTURE',
  'E_ENGINE',
  'E_MODEL_MISSING',
  'E_MODEL_REFUSED',
  'E_PORT',
  'E_QUEUE',
  'E_PACKAGE',
  'E_LOCKED',
];

const ACCOUNT: readonly ErrorCode[] = ['E_AUTH', 'E_FORBIDDEN'];

/** Exit code of a command that ended with this error. */
export function exitCodeOf(code: ErrorCode): number {
  if (ACCOUNT.includes(code)) return 4;
  return ENVIRONMENT.includes(code) ? USAGE : 1;
}

/** Exit code of a run. The error that stopped the run takes precedence over failed recordings. */
export function exitCodeOfRun({ failed, stoppedBy }: RunReport): number {
  if (stoppedBy) return exitCodeOf(stoppedBy.code);
  return failed > 0 ? 1 : 0;
}
