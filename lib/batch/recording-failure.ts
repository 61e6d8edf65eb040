import { type ErrorCode, FunAsrError, messageOf } from '../errors.ts';

/** After these every further recording would fail in the same way, or cost money that brings nothing. */
const STOPPING: readonly ErrorCode[] = [
  'E_AUTH',
  'E_FORBIDDEN',
  'E_NO_KEY',
  'E_DISK_FULL',
  'E_LOCKED',
  'E_OPTION',
  'E_LANGUAGE',
  'E_FFMPEG_MISSING',
  'E_ENGINE',
  'E_MODEL_MISSING',
];

/** Whether the failure of one recording makes all further work of a run pointless. */
export function stopsRun({ code }: FunAsrError): boolean {
  return STOPPING.includes(code);
}

/** Everything that fails has a code; what comes without one is a defect of ours. */
export function asFunAsrError(error: unknown, input: string): FunAsrError {
  if (error instanceof FunAsrError) return error;
  if (error instanceof Error && error.name === 'AbortError') return interrupted(input);
  return new FunAsrError('E_INTERNAL', `${input}: ${messageOf(error)}`, {
    cause: error,
    hint: 'This is a defect of the program: please report it.',
  });
}

/** The failure of a recording that the run was stopped in the middle of. */
export function interrupted(input: string): FunAsrError {
  return new FunAsrError('E_INTERRUPTED', `${input}: stopped before its end`, {
    hint: 'Run the same command again to do it whole.',
  });
}
