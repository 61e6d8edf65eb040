import type { ExpectedDuration } from '../plan/expected-duration.ts';
import type { TranscribeProgress } from '../../transcribe-events.ts';

/** Progress of a recording: how much of it was sent and recognised, earlier runs included, in ms. */
export interface RecordingProgress extends TranscribeProgress, ExpectedDuration {}

/** Measures the progress of a recording over its parts. All times are in ms from the start of the recording. */
export class ProgressMeter {
  #expected: ExpectedDuration = {};
  /** How much was recognised before the current part. */
  #doneMs = 0;
  #furthestMs = 0;
  #part = { fromMs: 0, finalMs: 0 };
  #sentMs: number | undefined;

  /** Sets the length of the recording by its header. */
  expect(duration: ExpectedDuration): void {
    this.#expected = duration;
  }

  /**
   * An earlier run has processed a part.
   * @param endMs Where it ends.
   * @param doneMs How much of it was recognised.
   */
  resume(endMs: number, doneMs: number): void {
    this.#furthestMs = endMs;
    this.#doneMs = doneMs;
  }

  beginPart(fromMs: number): void {
    this.#part = { fromMs, finalMs: fromMs };
    this.#sentMs = undefined;
  }

  /** The current part was sent and recognised up to these times. @returns The progress of the recording. */
  advance({ audioMs, finalMs }: TranscribeProgress): RecordingProgress {
    this.#sentMs = Math.round(audioMs);
    this.#furthestMs = Math.max(this.#furthestMs, this.#sentMs);
    const beforeMs = this.#doneMs - this.#part.fromMs;
    return { audioMs: beforeMs + audioMs, finalMs: beforeMs + finalMs, ...this.#expected };
  }

  /** A final sentence of the current part is in the outputs. */
  recognised(endMs: number): void {
    this.#part.finalMs = endMs;
  }

  /** Where the current part ends, once all of it was sent. */
  get partEndMs(): number {
    return this.#sentMs ?? this.#part.fromMs;
  }

  /** The current part was recognised to its end. */
  completePart(): void {
    this.#doneMs += this.partEndMs - this.#part.fromMs;
    this.#sentMs = undefined;
  }

  /** Where the audio ends that was sent; undefined while no part is in progress. */
  get sentMs(): number | undefined {
    return this.#sentMs;
  }

  /** Up to where any audio was sent. */
  get furthestMs(): number {
    return this.#furthestMs;
  }

  /** End of the last sentence of the current part, or its start. */
  get finalMs(): number {
    return this.#part.finalMs;
  }
}
