import { stat } from 'node:fs/promises';
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

/** The transcription of a smaller file does not wait for its header: the length is only shown as progress. */
const WORTH_A_WAIT_BYTES = 1_000_000;

/**
 * Reads the length of a recording from its header. Resolves when the recording can be begun: a small file can be begun at
 * once, and its length follows.
 * @param onDuration Called once, when the header states a length.
 * @throws {FunAsrError} `E_DURATION_LIMIT` when it is longer than allowed. The length that is decoded is checked again
 * later, because a header may state less.
 */
export async function expectDuration(
  path: string,
  options: Pick<TranscribeOptions, 'maxDurationMs' | 'ffmpegPath' | 'signal'>,
  onDuration: (duration: ExpectedDuration) => void,
): Promise<void> {
  // A file that cannot be read fails again while decoding, with a complete message.
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size === 0) return;
  const { ffmpegPath, signal, maxDurationMs } = options;
  const reading = probe(path, { ffmpegPath, signal }).then(
    (header) => {
      const { durationMs, durationIsEstimate } = header;
      if (durationMs !== undefined) onDuration({ durationMs, durationIsEstimate });
      return header;
    },
    () => undefined,
  );
  if (size < WORTH_A_WAIT_BYTES) return;
  const header = await reading;
  if (header) refuseTooLong(path, header, maxDurationMs);
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
