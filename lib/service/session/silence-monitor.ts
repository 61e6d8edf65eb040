/** What long silence leads to. */
export interface SilenceLimits {
  /** Silence that ends a task without heartbeat, in ms. */
  readonly silenceMs: number;
  /** Silence after which a task with heartbeat says that it lives, again and again, in ms. */
  readonly heartbeatMs: number;
}

/**
 * Watches for silence in the audio of one task, by the audio and not by the clock: a recording sent faster than it
 * was spoken fares like one that is live.
 */
export class SilenceWatch {
  readonly #limits: SilenceLimits;
  readonly #hasHeartbeat: boolean;
  /** Heartbeats due in the present silence, up to now. */
  #beats = 0;

  constructor(limits: SilenceLimits, hasHeartbeat: boolean) {
    this.#limits = limits;
    this.#hasHeartbeat = hasHeartbeat;
  }

  /** @param silenceMs Silence that the audio ends with, so far. @returns What is due now, if anything. */
  feed(silenceMs: number): 'heartbeat' | 'timeout' | undefined {
    if (!this.#hasHeartbeat) return silenceMs >= this.#limits.silenceMs ? 'timeout' : undefined;
    const before = this.#beats;
    this.#beats = Math.floor(silenceMs / this.#limits.heartbeatMs);
    return this.#beats > before ? 'heartbeat' : undefined;
  }
}
