import type { FunAsrError, TimeSpan } from '../../core/errors.ts';
import { asError, type ReportedError, reportError } from '../../core/reported-error.ts';
import type { Gap } from '../../recognition/events/diagnostics.ts';
import { isLoss } from './error-rules.ts';

/** What is missing in the text since the last sentence. */
export interface Losses {
  /** Parts that were given up. */
  readonly gaps: readonly TimeSpan[];
  /** Warnings about audio whose words are missing. */
  readonly warnings: readonly ReportedError[];
}

/**
 * The warnings and gaps of one recording. Those since the last sentence go into the journal together with the next one.
 */
export class LossLog {
  readonly #warnings: FunAsrError[] = [];
  #newGaps: Gap[] = [];
  #newLosses: FunAsrError[] = [];
  #lastReason: FunAsrError | undefined;

  /** All warnings. */
  get warnings(): readonly FunAsrError[] {
    return this.#warnings;
  }

  /** Whether words of the recording are missing, or audio. */
  get hasLosses(): boolean {
    return this.#warnings.some(isLoss);
  }

  /** Why the last gap was given up; undefined when there is none. */
  get lastReason(): FunAsrError | undefined {
    return this.#lastReason;
  }

  /** The losses that are not in the journal yet. */
  get pending(): Losses {
    return { gaps: this.#newGaps.map(spanOf), warnings: this.#newLosses.map(reportError) };
  }

  /** Forgets the pending losses: they are in the journal, or their part of the recording is sent again. */
  clearPending(): void {
    this.#newGaps = [];
    this.#newLosses = [];
  }

  addGap(gap: Gap): void {
    this.#newGaps.push(gap);
    this.#lastReason = gap.reason;
  }

  /** Notes why a part was given up that is a gap of an earlier run. */
  addFailure(reason: FunAsrError): void {
    this.#lastReason = reason;
  }

  /** Adds losses of an earlier run, which are in the journal. @returns The warnings. */
  addKnown(losses: readonly ReportedError[]): readonly FunAsrError[] {
    const known = losses.map(asError);
    this.#warnings.push(...known);
    return known;
  }

  /** Whether a warning with this message and begin was added already. */
  has(warning: FunAsrError): boolean {
    return this.#warnings.some(
      (known) => known.message === warning.message && known.span?.beginMs === warning.span?.beginMs,
    );
  }

  addWarning(warning: FunAsrError): void {
    if (isLoss(warning)) this.#newLosses.push(warning);
    this.#warnings.push(warning);
  }
}

/** Whole milliseconds around a gap. */
function spanOf({ begin_time, end_time }: Gap): TimeSpan {
  return { beginMs: Math.floor(begin_time), endMs: Math.ceil(end_time) };
}
