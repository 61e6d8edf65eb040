import { constants } from 'node:os';

/** Time limits after the first signal, in ms. */
export interface InterruptionLimits {
  /** Limit for finishing the current sentences. A second signal ends the wait. */
  readonly graceMs: number;
  /** Limit for closing everything after that. Then the process exits. */
  readonly endMs: number;
}

const LIMITS: InterruptionLimits = { graceMs: 15_000, endMs: 3_000 };

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Handles Ctrl-C and SIGTERM. The first signal stops reading and keeps what is recognised; the second one exits at
 * once.
 */
export class Interruption {
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  readonly #onStop: (graceMs: number) => void;
  readonly #onExit: () => void;
  readonly #limits: InterruptionLimits;
  readonly #handle = (name: (typeof SIGNALS)[number]): void => this.#interrupt(128 + constants.signals[name]);
  #timer: NodeJS.Timeout | undefined;
  #exitCode: number | undefined;

  /**
   * @param onStop Called at the first signal, with the limit for finishing, in ms.
   * @param onExit Called at the second one, before the program exits at once.
   */
  constructor(
    onStop: (graceMs: number) => void,
    onExit: () => void = () => {},
    limits: InterruptionLimits = LIMITS,
  ) {
    this.#onStop = onStop;
    this.#onExit = onExit;
    this.#limits = limits;
    for (const name of SIGNALS) process.on(name, this.#handle);
  }

  /** Aborts at the first signal: stop reading. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborts when `graceMs` has passed: drop everything. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** 130 after SIGINT, 143 after SIGTERM, else undefined. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Removes the handlers and clears the timers. */
  close(): void {
    clearTimeout(this.#timer);
    for (const name of SIGNALS) process.off(name, this.#handle);
  }

  #interrupt(exitCode: number): void {
    // Unfinished files are in .fun-asr/. The next run deletes them.
    if (this.#exitCode !== undefined) {
      this.#onExit();
      process.exit(exitCode);
    }
    this.#exitCode = exitCode;
    this.#timer = setTimeout(() => {
      this.#abort.abort();
      this.#timer = setTimeout(() => process.exit(exitCode), this.#limits.endMs);
    }, this.#limits.graceMs);
    this.#stop.abort();
    this.#onStop(this.#limits.graceMs);
  }
}
