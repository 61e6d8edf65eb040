import { type Probe, probe } from '../../audio/probe.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';
import { optionName } from '../../core/option-names.ts';

/** Length of a recording by its header. */
export interface ExpectedDuration {
  /** In ms; undefined when it is not known. */
  readonly durationMs?: number | undefined;
  /** Whether it was calculated from the bit rate. */
  readonly durationIsEstimate?: boolean | undefined;
}

/**
 * Reads the length of a recording from its header, before anything of it is sent: a small file may claim days.
 * @returns An empty object when the header states no length. A file that cannot be read fails again while decoding, with a
 * complete message.
 * @throws {FunAsrError} `E_DURATION_LIMIT` when it is longer than allowed. The length that is decoded is checked again
 * later, because a header may state less.
 */
export async function expectDuration(
  path: string,
  { ffmpegPath, signal, maxDurationMs }: Pick<TranscribeOptions, 'maxDurationMs' | 'ffmpegPath' | 'signal'>,
): Promise<ExpectedDuration> {
  const header = await probe(path, { ffmpegPath, signal }).catch(() => undefined);
  if (!header) return {};
  refuseTooLong(path, header, maxDurationMs);
  const { durationMs, durationIsEstimate } = header;
  return durationMs === undefined ? {} : { durationMs, durationIsEstimate };
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
    { hint: `Raise the limit with ${optionName('maxDurationMs')}.` },
  );
}
