import { constants } from 'node:os';

/** How long an interrupted program may go on, in ms. */
export interface InterruptionLimits {
  /** How long the sentences in flight may take to be finished after the first Ctrl-C: a second one is always there. */
  readonly graceMs: number;
  /** How long everything else may take after that, before the program ends whatever is still open. */
  readonly endMs: number;
}

const LIMITS: InterruptionLimits = { graceMs: 15_000, endMs: 3_000 };

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Ctrl-C and SIGTERM: the first one stops reading and keeps what was recognised, the second one ends the
 * program on the spot.
 */
export class Interruption {
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  readonly #onStop: () => void;
  readonly #limits: InterruptionLimits;
  readonly #handle = (name: (typeof SIGNALS)[number]): void => this.#interrupt(128 + constants.signals[name]);
  #grace: NodeJS.Timeout | undefined;
  #exitCode: number | undefined;

  /** @param onStop Called at the first signal. */
  constructor(onStop: () => void, limits: InterruptionLimits = LIMITS) {
    this.#onStop = onStop;
    this.#limits = limits;
    for (const name of SIGNALS) process.on(name, this.#handle);
  }

  /** Aborted at the first signal: read no more. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted when finishing takes too long: drop everything. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** 130 after SIGINT, 143 after SIGTERM. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  close(): void {
    clearTimeout(this.#grace);
    for (const name of SIGNALS) process.off(name, this.#handle);
  }

  #interrupt(exitCode: number): void {
    // What is unfinished by then lies in .fun-asr/, and the next run clears it away.
    if (this.#exitCode !== undefined) process.exit(exitCode);
    this.#exitCode = exitCode;
    this.#grace = setTimeout(() => {
      this.#abort.abort();
      this.#grace = setTimeout(() => process.exit(exitCode), this.#limits.endMs);
    }, this.#limits.graceMs);
    this.#stop.abort();
    this.#onStop();
  }
}
