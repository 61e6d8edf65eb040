/** Effects of long silence. */
export interface SilenceLimits {
  /** Silence that ends a task without heartbeat, in ms. */
  readonly silenceMs: number;
  /** Silence between two heartbeats of a task with heartbeat, in ms. */
  readonly heartbeatMs: number;
}

/**
 * Reports long silence in the audio of one task. Silence is measured in the audio, not by the clock, so that a recording
 * that is sent faster than real time is treated like a live one.
 */
export class SilenceMonitor {
  readonly #limits: SilenceLimits;
  readonly #hasHeartbeat: boolean;
  /** Heartbeats that were due since the current silence began. */
  #heartbeats = 0;

  constructor(limits: SilenceLimits, hasHeartbeat: boolean) {
    this.#limits = limits;
    this.#hasHeartbeat = hasHeartbeat;
  }

  /**
   * Processes the length of the silence at the end of the audio received so far.
   * @param silenceMs In ms.
   * @returns What is due now: a heartbeat, or the failure of the task.
   */
  update(silenceMs: number): 'heartbeat' | 'timeout' | undefined {
    if (!this.#hasHeartbeat) return silenceMs >= this.#limits.silenceMs ? 'timeout' : undefined;
    const before = this.#heartbeats;
    this.#heartbeats = Math.floor(silenceMs / this.#limits.heartbeatMs);
    return this.#heartbeats > before ? 'heartbeat' : undefined;
  }
}
