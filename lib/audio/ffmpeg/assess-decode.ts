import { FunAsrError } from '../../core/errors.ts';
import { formatSeconds } from '../../core/seconds.ts';
import type { Truncation } from '../../media/truncation.ts';
import type { FfmpegExit } from './ffmpeg-process.ts';
import type { FfmpegLog } from './log.ts';
import { optionName } from '../../core/option-names.ts';

/** How a run of FFmpeg ended. */
export interface DecodeEnd {
  /** Name of the source, for messages. */
  readonly name: string;
  readonly exit: FfmpegExit;
  /** Duration of the decoded audio, in ms. */
  readonly decodedMs: number;
  readonly log: Pick<FfmpegLog, 'errors' | 'media'>;
  readonly truncation?: Truncation | undefined;
}

/** A shorter missing end is not a loss: headers are rounded, codecs have delays, video outlasts its sound. */
const TOLERATED_MS = 1000;
const TOLERATED_SHARE = 0.02;

/**
 * Assesses a decode that has ended. The exit code alone is not enough: FFmpeg exits with 0 for some files without
 * producing audio, and with an error for others after good audio. The audio, FFmpeg's error messages and the
 * duration that the header states decide. No audio, no error and no stated duration are an empty recording.
 * @returns A warning for each loss.
 * @throws {FunAsrError} `E_DECODE_KILLED`, `E_BAD_MEDIA`.
 */
export function assessDecode({ name, exit, decodedMs, log, truncation }: DecodeEnd): FunAsrError[] {
  const { errors } = log;
  const decoded = `${formatSeconds(decodedMs)} decoded`;
  if (exit.signal !== null) {
    throw new FunAsrError('E_DECODE_KILLED', `${name}: FFmpeg was killed by ${exit.signal}, ${decoded}`, {
      hint: 'Check the memory limit of this machine, then try again.',
      retryable: true,
    });
  }
  const statedMs = statedDuration(log, decodedMs, truncation);
  const isShort = decodedMs < statedMs - Math.max(TOLERATED_MS, statedMs * TOLERATED_SHARE);
  if (decodedMs === 0) {
    if (exit.code === 0 && errors.length === 0 && !isShort) return [noAudio(name)];
    throw new FunAsrError('E_BAD_MEDIA', `${name}: ${decodeFailure(log)}`, {
      hint: 'Check with a player that the recording is complete and has sound.',
    });
  }
  if (exit.code !== 0) {
    return [
      new FunAsrError('W_DECODE_TAIL', `${name}: ${decoded}, then FFmpeg failed: ${decodeFailure(log)}`),
    ];
  }
  const loss = isShort
    ? `of the ${formatSeconds(statedMs)} that its header states`
    : truncation?.kind === 'no last page' && 'and the last page of the stream is missing';
  if (!loss) return [];
  return [
    new FunAsrError('W_TRUNCATED', `${name}: ${decoded} ${loss}`, {
      hint: 'The file may be cut off or damaged.',
    }),
  ];
}

/** The error for audio that is longer than the caller allows. */
export function tooLong(name: string, maxDurationMs: number): FunAsrError {
  return new FunAsrError('E_DURATION_LIMIT', `${name}: it is longer than ${maxDurationMs / 1000} s`, {
    hint: `Raise ${optionName('maxDurationMs')} if the recording is meant to be that long: a small file can decode to days of audio.`,
  });
}

/** Why FFmpeg decoded nothing. The first error message gives the cause, later ones its consequences. */
export function decodeFailure({ errors, media }: Pick<FfmpegLog, 'errors' | 'media'>): string {
  if (media && media.tracks.length === 0) return 'it has no audio track';
  const [reason] = errors.map(withoutPath).filter((line) => line !== '');
  if (media === undefined) return `not a format that FFmpeg can decode here${reason ? ` (${reason})` : ''}`;
  return reason ?? 'FFmpeg produced no audio';
}

function noAudio(name: string): FunAsrError {
  return new FunAsrError('W_NO_AUDIO', `${name}: no audio data: it contains no samples`, {
    hint: 'Check with a player that it has sound.',
  });
}

/** Duration in ms that the header states; 0 when it states none. */
function statedDuration(
  { media }: DecodeEnd['log'],
  decodedMs: number,
  truncation: Truncation | undefined,
): number {
  if (truncation?.kind === 'missing bytes')
    return (decodedMs * truncation.statedBytes) / truncation.presentBytes;
  return media && !media.durationIsEstimate ? (media.durationMs ?? 0) : 0;
}

/** FFmpeg repeats the path before the reason. */
function withoutPath(error: string): string {
  return error.replace(/^(?:file:.*|pipe:0): (?=[A-Z])/, '').trim();
}
