import { stat } from 'node:fs/promises';
import { type Probe, probe } from '../../audio/probe.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { TranscribeOptions } from '../../transcribe.ts';

/** The header of a smaller file is not read: its recording is done quickly. */
const WORTH_A_LOOK_BYTES = 1_000_000;

/**
 * Length of a recording by its header, in ms; undefined when the header does not have it, or the file is small.
 * @throws {FunAsrError} `E_DURATION_LIMIT` when it is longer than allowed. The length that is decoded is checked again
 * later, because a header may state less.
 */
export async function expectedDuration(
  path: string,
  { maxDurationMs, ffmpegPath, signal }: Pick<TranscribeOptions, 'maxDurationMs' | 'ffmpegPath' | 'signal'>,
): Promise<number | undefined> {
  // A file that cannot be read fails again while decoding, with a complete message.
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size < WORTH_A_LOOK_BYTES) return undefined;
  const header = await probe(path, { ffmpegPath, signal }).catch(() => undefined);
  if (header?.durationMs === undefined) return undefined;
  refuseTooLong(path, header, maxDurationMs);
  return header.durationMs;
}

/**
 * Refuses a recording whose header states more than is allowed.
 * @param maxDurationMs The limit.
 * @throws {FunAsrError} `E_DURATION_LIMIT`
 */
export function refuseTooLong(
  path: string,
  { durationMs = 0, durationIsEstimate }: Pick<Probe, 'durationMs' | 'durationIsEstimate'>,
  maxDurationMs: number = Infinity,
): void {
  if (durationIsEstimate || durationMs <= maxDurationMs) return;
  const hours = (ms: number): string => `${Number((ms / 3_600_000).toPrecision(3))} h`;
  throw new FunAsrError(
    'E_DURATION_LIMIT',
    `${path}: it is ${hours(durationMs)} long, the limit is ${hours(maxDurationMs)}`,
    { hint: 'Raise the limit with --max-duration.' },
  );
}
