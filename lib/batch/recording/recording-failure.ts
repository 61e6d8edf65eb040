import type { ErrorCode, FunAsrError } from '../../core/errors.ts';

/** After these every further recording would fail in the same way, or cost money that brings nothing. */
const STOPPING: readonly ErrorCode[] = [
  'E_AUTH',
  'E_FORBIDDEN',
  'E_NO_KEY',
  'E_DISK_FULL',
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

/** Whether a recording of a run that was stopped failed only for that, or would have stopped it just as well. */
export function followsFromStop(error: FunAsrError): boolean {
  return error.code === 'E_INTERRUPTED' || stopsRun(error);
}

const PASSING: readonly ErrorCode[] = ['E_DECODE_KILLED', 'E_DECODE_TIMEOUT'];

/** Whether a recording may well be decoded the next time: its FFmpeg was killed, or stood still. */
export function deservesAnotherTry({ code }: FunAsrError): boolean {
  return PASSING.includes(code);
}

const LOSSES: readonly ErrorCode[] = ['W_TRUNCATED', 'W_DECODE_TAIL', 'W_UNRECOGNIZED'];

/** Whether a warning says that audio is missing, or words of audio: the recording counts as partial. */
export function isLoss({ code }: FunAsrError): boolean {
  return LOSSES.includes(code);
}
