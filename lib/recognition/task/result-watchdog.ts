import type { Clock } from '../../core/deadline.ts';
import { isLoud } from '../../media/loudness.ts';

/**
 * Detects a service that sends no message while it is sent speech, for which results arrive within seconds. It is used
 * when the service does not answer pings, so that only time distinguishes a slow service from a dead one.
 */
export class ResultWatchdog {
  readonly #bytesPerMs: number;
  readonly #limitMs: number;
  readonly #clock: Clock;
  #speechMs = 0;
  /** When the first of the unanswered speech was sent. */
  #since = 0;

  /** @param limitMs How long the service may be silent while half of that is sent in speech. */
  constructor(bytesPerMs: number, limitMs: number, clock: Clock = performance) {
    this.#bytesPerMs = bytesPerMs;
    this.#limitMs = limitMs;
    this.#clock = clock;
  }

  /** The service sent a message, or messages are read again after a pause. */
  reset(): void {
    this.#speechMs = 0;
  }

  /** 16-bit PCM was sent. */
  sent(audio: Buffer): void {
    if (!isLoud(audio)) return;
    if (this.#speechMs === 0) this.#since = this.#clock.now();
    this.#speechMs += audio.length / this.#bytesPerMs;
  }

  /** Whether the service has been silent for too long. */
  get isOverdue(): boolean {
    return this.#speechMs * 2 >= this.#limitMs && this.#clock.now() - this.#since > this.#limitMs;
  }
}
