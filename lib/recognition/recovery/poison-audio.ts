import type { Clock } from '../../core/deadline.ts';
import type { InputTimes } from '../input/input-buffer.ts';

/** Failures after which audio may be given up. Source of the numbers: docs/reliability.md. */
const MIN_FAILURES = 3;
/** Failures that are closer together than this count as one, in ms. */
const SPACING_MS = 5_000;
/** Audio that is given up next when tasks still fail directly after a gap; doubled each time. */
const FIRST_STEP_MS = 500;
/** Where check tasks begin, after the failing audio: each is run only when the one before it failed. */
const CHECK_STEPS_MS = [0, 2_000, 8_000];

/** A task that the service itself failed. */
export interface FailedSpan {
  /** The first byte that is not final. */
  readonly start: number;
  /** The end of the audio that the task was sent, in bytes. */
  readonly reach: number;
}

/** Options of a {@link PoisonAudio}. */
export interface PoisonAudioOptions {
  readonly clock: Clock;
  readonly times: InputTimes;
  /** Failures that are closer together count as one, in ms. @default 5000 */
  readonly spacingMs?: number | undefined;
}

/**
 * Decides whether the audio makes tasks fail, or the service has an outage. It is the audio when the service itself
 * failed three tasks in the same span, at least five seconds apart, and recognised audio outside the span between the
 * first and the third failure.
 */
export class PoisonAudio {
  readonly #clock: Clock;
  readonly #times: InputTimes;
  readonly #spacingMs: number;
  /** First byte of the span; -1 while there is none. */
  #start = -1;
  #reach = 0;
  /** All failures in the span. */
  #failures = 0;
  /** Failures that are far enough apart. */
  #counted = 0;
  #firstAt = 0;
  #countedAt = 0;
  #hasProof = false;
  /** The last gap. The next task begins at its end, or inside it when there was no more audio. */
  #gap = { start: 0, end: 0 };
  #stepMs = FIRST_STEP_MS;

  constructor({ clock, times, spacingMs = SPACING_MS }: PoisonAudioOptions) {
    this.#clock = clock;
    this.#times = times;
    this.#spacingMs = spacingMs;
  }

  /** Whether a task that begins here is sent audio in real time, so that it fails soon after the poison audio. */
  isSuspect(start: number): boolean {
    return start === this.#start && this.#failures >= 2;
  }

  /** How long to wait before the next task in this span, so that its failure counts, in ms. */
  get waitMs(): number {
    return this.#failures < 2 ? 0 : Math.max(0, this.#countedAt + this.#spacingMs - this.#clock.now());
  }

  /** The time after which a final sentence from other audio is needed as proof; undefined when none is needed now. */
  get proofNeededSince(): number | undefined {
    return this.#counted >= 2 && !this.#hasProof ? this.#firstAt : undefined;
  }

  /** Where check tasks begin, in bytes, that may prove that other audio is recognised. */
  get checkPositions(): readonly number[] {
    if (this.proofNeededSince === undefined) return [];
    return CHECK_STEPS_MS.map((stepMs) => this.#times.positionAfter(this.#reach, stepMs));
  }

  /** The smallest position up to which a task of the span was sent audio, in bytes. */
  get reach(): number {
    return this.#reach;
  }

  /** Audio outside the span was recognised. */
  prove(): void {
    this.#hasProof = true;
  }

  /**
   * Counts a failure.
   * @returns The end of the poison audio, in bytes; undefined while it is not proven, so that it is tried again.
   */
  failed({ start, reach }: FailedSpan): number | undefined {
    // A task that was sent no audio cannot have failed because of it.
    if (reach <= start) return undefined;
    const now = this.#clock.now();
    if (start !== this.#start) this.#begin(start, reach, now);
    this.#failures += 1;
    this.#reach = Math.min(this.#reach, reach);
    if (this.#counted > 0 && now - this.#countedAt < this.#spacingMs) return undefined;
    this.#counted += 1;
    this.#countedAt = now;
    return this.#counted >= MIN_FAILURES && this.#hasProof ? this.#end(start) : undefined;
  }

  #begin(start: number, reach: number, now: number): void {
    if (!this.#isAfterGap(start)) this.#stepMs = FIRST_STEP_MS;
    this.#start = start;
    this.#reach = reach;
    this.#failures = 0;
    this.#counted = 0;
    this.#firstAt = now;
    this.#hasProof = false;
  }

  #end(start: number): number {
    let end = this.#reach;
    if (this.#isAfterGap(start)) {
      end = Math.max(end, this.#times.positionAfter(start, this.#stepMs));
      this.#stepMs *= 2;
    }
    this.#gap = { start, end };
    this.#start = -1;
    this.#failures = 0;
    return end;
  }

  #isAfterGap(start: number): boolean {
    return start > this.#gap.start && start <= this.#gap.end;
  }
}
