import { FunAsrError } from '../../core/errors.ts';
import type { FfmpegLog } from './ffmpeg-log.ts';
import type { FfmpegExit } from './ffmpeg-process.ts';
import type { Truncation } from '../../media/truncation.ts';

/** How a decoding ended. */
export interface Ending {
  /** The input, for messages. */
  readonly name: string;
  readonly exit: FfmpegExit;
  /** Length of what was decoded, in ms. */
  readonly decodedMs: number;
  readonly log: Pick<FfmpegLog, 'complaints' | 'media'>;
  /** How the file was cut off, when FFmpeg says nothing of it. */
  readonly truncation?: Truncation | undefined;
}

/** Missing tails that are none: rounding of headers, codec delays, a video that outlasts its sound by a little. */
const TOLERATED_MS = 1000;
const TOLERATED_SHARE = 0.02;

/**
 * Judges a decoding that ran to its end. The exit code alone proves nothing: some files give a success and no
 * audio, others good audio and then a failure. What counts is the audio, what FFmpeg complained of, and the
 * length that the container promised. No audio, no complaint and no promise are an empty recording, not a failure.
 * @returns What was lost, if anything.
 * @throws {FunAsrError} `E_DECODE_KILLED`, `E_BAD_MEDIA`.
 */
export function judge({ name, exit, decodedMs, log, truncation }: Ending): FunAsrError[] {
  const { complaints } = log;
  const decoded = `${seconds(decodedMs)} decoded`;
  if (exit.signal !== null) {
    throw new FunAsrError('E_DECODE_KILLED', `${name}: FFmpeg was killed by ${exit.signal}, ${decoded}`, {
      hint: 'Check the memory limit of this machine, then try again.',
      retryable: true,
    });
  }
  const promisedMs = promisedBy(log, decodedMs, truncation);
  const isShort = decodedMs < promisedMs - Math.max(TOLERATED_MS, promisedMs * TOLERATED_SHARE);
  if (decodedMs === 0) {
    if (exit.code === 0 && complaints.length === 0 && !isShort) return [noAudio(name)];
    throw new FunAsrError('E_BAD_MEDIA', `${name}: ${reasonOf(log)}`, {
      hint: 'Check with a player that the recording is whole and has sound.',
    });
  }
  if (exit.code !== 0) {
    return [new FunAsrError('W_DECODE_TAIL', `${name}: ${decoded}, then FFmpeg failed: ${reasonOf(log)}`)];
  }
  const promise = isShort
    ? `of the ${seconds(promisedMs)} that its header promises`
    : truncation?.kind === 'no last page' && 'and then no end of the stream';
  if (!promise) return [];
  return [
    new FunAsrError('W_TRUNCATED', `${name}: ${decoded} ${promise}`, {
      hint: 'The file may be cut off or damaged.',
    }),
  ];
}

function noAudio(name: string): FunAsrError {
  return new FunAsrError('W_NO_AUDIO', `${name}: no audio data: there is not one sample in it`, {
    hint: 'Check with a player that it has sound.',
  });
}

/** Length in ms that the container promises; 0 when it promises none. */
function promisedBy({ media }: Ending['log'], decodedMs: number, truncation: Truncation | undefined): number {
  if (truncation?.kind === 'missing bytes')
    return (decodedMs * truncation.statedBytes) / truncation.presentBytes;
  return media && !media.durationIsEstimate ? (media.durationMs ?? 0) : 0;
}

/** The first complaint says what happened, those after it what followed from it. */
export function reasonOf({ complaints, media }: Pick<FfmpegLog, 'complaints' | 'media'>): string {
  if (media && media.tracks.length === 0) return 'it has no sound';
  const said = complaints.map(plain).filter((line) => line !== '');
  if (media === undefined) return `it is no audio that FFmpeg knows${said.length > 0 ? ` (${said[0]})` : ''}`;
  return said[0] ?? 'no audio came out';
}

/** FFmpeg repeats the path in front of its reason. */
function plain(complaint: string): string {
  return complaint.replace(/^(?:file:.*|pipe:0): (?=[A-Z])/, '').trim();
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
