/** Limits an amount per time, with a reserve for bursts. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  #available: number;
  #atMs = performance.now();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#available = burst;
  }

  /** Takes an amount. @returns How long to wait before more is taken, in ms; 0 within the limit. */
  take(amount: number): number {
    const now = performance.now();
    const earned = ((now - this.#atMs) / 1000) * this.#perSecond;
    this.#available = Math.min(this.#burst, this.#available + earned) - amount;
    this.#atMs = now;
    return Math.max(0, (-this.#available / this.#perSecond) * 1000);
  }
}
