import { FunAsrError } from '../../core/errors.ts';
import { formatSeconds } from '../../core/seconds.ts';
import type { Truncation } from '../../media/truncation.ts';
import type { FfmpegExit } from './ffmpeg-process.ts';
import type { FfmpegLog } from './log/ffmpeg-log.ts';
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
  /** Where picture and subtitles end, in ms: known when they were examined. */
  readonly otherTracksMs?: number | undefined;
}

/** The hint when nothing can be decoded. */
export const NO_AUDIO_HINT = 'Check with a player that the recording is complete and has sound.';

/** A shorter missing end is not a loss where the stated duration is not exact. */
const TOLERATED_MS = 1000;
const TOLERATED_SHARE = 0.02;

/** Encoders add up to two frames to the sound, which are part of the stated duration: 210 ms in MP3 at 8 kHz. */
const TOLERATED_FRAMES_MS = 250;

/** Some programs count the bytes of a WAV a little too high. */
const TOLERATED_BYTES_MS = 50;

/** Containers that state the duration of a single track exactly: by samples, packets, or an index. */
const EXACT = new Set(['wav', 'w64', 'aiff', 'caf', 'flac', 'mp3', 'mp4', 'matroska', 'wv', 'tta', 'ape']);

/**
 * Assesses a decode that has ended. The exit code alone is not enough: FFmpeg exits with 0 for some files without
 * producing audio, and with an error for others after good audio. The audio, FFmpeg's error messages and the
 * duration that the header states decide. No audio, no error and no stated duration are an empty recording.
 * @returns A warning for each loss.
 * @throws {FunAsrError} `E_DECODE_KILLED`, `E_BAD_MEDIA`.
 */
export function assessDecode(end: DecodeEnd): FunAsrError[] {
  const { name, exit, decodedMs, log, truncation } = end;
  const { errors } = log;
  const decoded = `${formatSeconds(decodedMs)} decoded`;
  if (exit.signal !== null) {
    throw new FunAsrError('E_DECODE_KILLED', `${name}: FFmpeg was killed by ${exit.signal}, ${decoded}`, {
      hint: 'Check the memory limit of this machine, then try again.',
      retryable: true,
    });
  }
  const statedMs = statedDuration(end);
  const isShort = isTooShort(end) && !areOthersLonger(end);
  if (decodedMs === 0) {
    if (exit.code === 0 && errors.length === 0 && !isShort) return [noAudio(name)];
    throw new FunAsrError('E_BAD_MEDIA', `${name}: ${decodeFailure(log)}`, {
      hint: NO_AUDIO_HINT,
    });
  }
  if (exit.code !== 0) {
    return [
      new FunAsrError('W_DECODE_TAIL', `${name}: ${decoded}, then FFmpeg failed: ${decodeFailure(log)}`),
    ];
  }
  const loss = isShort
    ? `of the ${formatSeconds(statedMs)} that its header states: ${formatSeconds(statedMs - decodedMs)} are missing`
    : truncation && LOSSES[truncation.kind];
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

/** What is missing, where its duration is unknown. */
const LOSSES: Readonly<Record<Truncation['kind'], string | undefined>> = {
  'missing bytes': undefined,
  'no last page': 'and the last page of the stream is missing',
  'other format':
    'and a further recording in the same stream is missing, because its format is a different one',
};

/** Whether less was decoded than the header states. With other tracks, the stated duration may be theirs. */
export function isTooShort(end: Pick<DecodeEnd, 'decodedMs' | 'log' | 'truncation'>): boolean {
  const statedMs = statedDuration(end);
  return end.decodedMs < statedMs - toleratedMs(end, statedMs);
}

function toleratedMs(
  { log: { media }, truncation }: Pick<DecodeEnd, 'log' | 'truncation'>,
  statedMs: number,
): number {
  if (truncation?.kind === 'missing bytes') return TOLERATED_BYTES_MS;
  const isSingle = media?.tracks.length === 1 && !media.hasOtherTracks;
  if (isSingle && EXACT.has(media.container)) return TOLERATED_FRAMES_MS;
  return Math.max(TOLERATED_MS, statedMs * TOLERATED_SHARE);
}

/** Whether a picture or subtitles last as long as the header states: then the sound is whole, and only shorter. */
function areOthersLonger({ log: { errors, media }, otherTracksMs, decodedMs }: DecodeEnd): boolean {
  if (!media?.hasOtherTracks || decodedMs === 0) return false;
  const statedMs = media.durationMs ?? 0;
  // Those of a stream cannot be examined. FFmpeg complains of a stream that is cut off.
  if (otherTracksMs === undefined) return errors.length === 0;
  return otherTracksMs >= statedMs - Math.max(TOLERATED_MS, statedMs * TOLERATED_SHARE);
}

/** Duration in ms that the header states; 0 when it states none. */
function statedDuration({
  log: { media },
  decodedMs,
  truncation,
}: Pick<DecodeEnd, 'decodedMs' | 'log' | 'truncation'>): number {
  if (truncation?.kind === 'missing bytes')
    return (decodedMs * truncation.statedBytes) / truncation.presentBytes;
  return media && !media.durationIsEstimate ? (media.durationMs ?? 0) : 0;
}

/** FFmpeg repeats the path before the reason. */
function withoutPath(error: string): string {
  return error.replace(/^(?:file:.*|pipe:0): (?=[A-Z])/, '').trim();
}
