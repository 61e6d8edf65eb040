import type { Clock } from '../../core/deadline.ts';

/** Failures after which audio may be given up. Source of the numbers: docs/reliability.md. */
const MIN_FAILURES = 3;
/** Failures that are closer together than this count as one, in ms. */
const SPACING_MS = 5_000;
/** Audio that is given up next when tasks still fail directly after a gap: half a second at 16 kHz, doubled each time. */
const FIRST_STEP_BYTES = 16_000;
/** Where check tasks begin, in bytes after the failing audio. The next one is tried when the one before failed. */
const CHECK_STEPS_BYTES = [0, 64_000, 256_000];

/** The audio of a task that ended with `task-failed`. */
export interface FailedSpan {
  /** Where the input was final, in bytes. */
  readonly start: number;
  /** End of the audio that the task was sent, in bytes. */
  readonly reach: number;
}

/**
 * Decides whether tasks fail because of the audio, and not because of an outage. The audio is the cause when three tasks
 * ended with `task-failed` in the same span, at least five seconds apart, and audio outside the span was recognised between
 * the first and the third. The begin of the span is the position where tasks fail; its end is found by trying later audio.
 */
export class PoisonAudio {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  #start = -1;
  /** The smallest reach of the failed tasks. */
  #reach = 0;
  /** All failures in the span, and those that are far enough apart. */
  #failures = 0;
  #counted = 0;
  #firstAt = 0;
  #countedAt = 0;
  #hasProof = false;
  /** The last gap: the next task begins at its end, or inside it when there was no more audio. */
  #gap = { start: 0, end: 0 };
  #step = FIRST_STEP_BYTES;

  /** @param spacingMs Failures that are closer together count as one, in ms. */
  constructor(clock: Clock, spacingMs: number = SPACING_MS) {
    this.#clock = clock;
    this.#spacingMs = spacingMs;
  }

  /** Whether a task that begins here must be sent audio in real time, so that little is sent after what makes it fail. */
  isSuspect(start: number): boolean {
    return start === this.#start && this.#failures >= 2;
  }

  /** How long to wait before the next task in this span, so that its failure counts, in ms. */
  get waitMs(): number {
    return this.#failures < 2 ? 0 : Math.max(0, this.#countedAt + this.#spacingMs - this.#clock.now());
  }

  /** Since when a final sentence from other audio is missing; undefined when none is needed now. */
  get proofNeededSince(): number | undefined {
    return this.#counted >= 2 && !this.#hasProof ? this.#firstAt : undefined;
  }

  /** Where check tasks begin, in bytes, that may prove that other audio is recognised. */
  get checkPositions(): readonly number[] {
    if (this.proofNeededSince === undefined) return [];
    return CHECK_STEPS_BYTES.map((step) => this.#reach + step);
  }

  /** Audio outside the span was recognised. */
  prove(): void {
    this.#hasProof = true;
  }

  /** @returns The position up to which the audio is given up; undefined when it is sent again. */
  failed({ start, reach }: FailedSpan): number | undefined {
    // A task that was sent no audio proves nothing about the audio.
    if (reach <= start) return undefined;
    const now = this.#clock.now();
    if (start !== this.#start) this.#begin(start, reach, now);
    this.#failures += 1;
    this.#reach = Math.min(this.#reach, reach);
    if (this.#counted > 0 && now - this.#countedAt < this.#spacingMs) return undefined;
    this.#counted += 1;
    this.#countedAt = now;
    return this.#counted >= MIN_FAILURES && this.#hasProof ? this.#giveUp(start) : undefined;
  }

  #begin(start: number, reach: number, now: number): void {
    if (!this.#isAfterGap(start)) this.#step = FIRST_STEP_BYTES;
    this.#start = start;
    this.#reach = reach;
    this.#failures = 0;
    this.#counted = 0;
    this.#firstAt = now;
    this.#hasProof = false;
  }

  #giveUp(start: number): number {
    let end = this.#reach;
    if (this.#isAfterGap(start)) {
      end = Math.max(end, start + this.#step);
      this.#step *= 2;
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
