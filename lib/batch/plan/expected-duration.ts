import { stat } from 'node:fs/promises';
import { type Probe, probe } from '../../audio/probe.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { TranscribeOptions } from '../../transcribe.ts';

/** Below this a recording is done before a look at its header would have been of use to anybody. */
const WORTH_A_LOOK_BYTES = 1_000_000;

/**
 * Length of a recording by its header, in ms; undefined when that does not tell, or is not worth a look.
 * @throws {FunAsrError} `E_DURATION_LIMIT` when the header promises more than is allowed: before any work.
 * A header that says too little is found out while decoding.
 */
export async function expectedDuration(
  path: string,
  { maxDurationMs, ffmpegPath, signal }: Pick<TranscribeOptions, 'maxDurationMs' | 'ffmpegPath' | 'signal'>,
): Promise<number | undefined> {
  // What cannot be read fails again while decoding, with all that there is to be said about it.
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
 * Believes a header that promises more than is allowed.
 * @param maxDurationMs In ms.
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
    `${path}: is ${hours(durationMs)} long, the limit is ${hours(maxDurationMs)}`,
    { hint: 'Raise the limit with --max-duration.' },
  );
}
