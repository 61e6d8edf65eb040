import { isLoud } from '../../media/loudness.ts';

/**
 * Speech that a service was sent without saying anything since. Speech is answered by results within seconds; when it
 * is not, and the service answers no pings either, nothing tells a slow service from one that is gone but time.
 */
export class UnansweredSpeech {
  readonly #bytesPerMs: number;
  readonly #limitMs: number;
  #speechMs = 0;
  /** When the first of it was sent. */
  #since = 0;

  /** @param limitMs Of silence of the service. Half of that in speech must have been sent meanwhile. */
  constructor(bytesPerMs: number, limitMs: number) {
    this.#bytesPerMs = bytesPerMs;
    this.#limitMs = limitMs;
  }

  /** The service said something, or could not be heard until now. */
  heard(): void {
    this.#speechMs = 0;
  }

  /** Notes audio that was sent: 16-bit PCM. */
  sent(audio: Buffer): void {
    if (!isLoud(audio)) return;
    if (this.#speechMs === 0) this.#since = performance.now();
    this.#speechMs += audio.length / this.#bytesPerMs;
  }

  get isOverdue(): boolean {
    return this.#speechMs * 2 >= this.#limitMs && performance.now() - this.#since > this.#limitMs;
  }
}
