import { type ErrorCode, FunAsrError } from '../../core/errors.ts';

/** After these errors every other recording would fail too. */
const STOPPING: readonly ErrorCode[] = [
  'E_AUTH',
  'E_ENDPOINT',
  'E_FORBIDDEN',
  'E_NO_KEY',
  'E_DISK_FULL',
  'E_OPTION',
  'E_LANGUAGE',
  'E_FFMPEG_MISSING',
  'E_ENGINE',
  'E_MODEL_MISSING',
  'E_MODEL_REFUSED',
];

/** Whether the error of one recording stops the whole run. */
export function stopsRun({ code }: FunAsrError): boolean {
  return STOPPING.includes(code);
}

/** Whether an error is a consequence of the stop of a run, or would have stopped the run itself. */
export function followsFromStop(error: FunAsrError): boolean {
  return error.code === 'E_INTERRUPTED' || stopsRun(error);
}

/** The status of a recording that was not completed. */
export function failedStatus({ code }: FunAsrError): 'interrupted' | 'failed' {
  return code === 'E_INTERRUPTED' ? 'interrupted' : 'failed';
}

const TRANSIENT: readonly ErrorCode[] = ['E_DECODE_KILLED', 'E_DECODE_TIMEOUT'];

/** Whether a recording is decoded a second time: its FFmpeg was killed, or made no progress. */
export function isTransient({ code }: FunAsrError): boolean {
  return TRANSIENT.includes(code);
}

/** Whether the service itself has failed a recognition, again and again, without anything else being wrong. */
export function isServiceFailure(error: unknown): error is FunAsrError {
  return error instanceof FunAsrError && error.code === 'E_SERVER';
}

const LOSSES: readonly ErrorCode[] = ['W_TRUNCATED', 'W_DECODE_TAIL', 'W_UNRECOGNIZED'];

/** Whether a warning says that audio is missing, or words of audio: the recording counts as partial. */
export function isLoss({ code }: FunAsrError): boolean {
  return LOSSES.includes(code);
}

const PERMANENT: readonly ErrorCode[] = [
  'E_BAD_MEDIA',
  'E_BAD_TRANSCRIPT',
  'E_COST_LIMIT',
  'E_DURATION_LIMIT',
  'E_EXISTS',
  'E_PLAYLIST_REFUSED',
  'E_TRACK',
];

/** Whether the same recording fails again as long as nothing is changed. */
export function isPermanent(code: ErrorCode): boolean {
  return PERMANENT.includes(code);
}
