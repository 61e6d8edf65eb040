/** Unanswered pings after which a connection is considered dead. */
const MAX_UNANSWERED = 2;

/** Options of a {@link PingMonitor}. */
export interface PingMonitorOptions {
  /** Between two pings, in ms. */
  readonly intervalMs: number;
  /** Sends a ping. */
  readonly ping: () => void;
  /** The other side used to answer pings, and does not any more. */
  readonly onDead: () => void;
}

/**
 * Pings the other side of a connection, because a half-open connection shows nothing by itself. A side that has never
 * answered a ping is never considered dead.
 */
export class PingMonitor {
  readonly #options: PingMonitorOptions;
  #timer: NodeJS.Timeout | undefined;
  #unanswered = 0;
  #hasAnswered = false;
  #isPaused = false;

  constructor(options: PingMonitorOptions) {
    this.#options = options;
  }

  /** Whether the other side has ever answered a ping. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Starts to ping. The first ping shows whether pings are answered at all. */
  start(): void {
    this.#isPaused = false;
    this.#options.ping();
    this.#unanswered = 1;
    this.#timer = setInterval(() => this.#check(), this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A pong arrived. */
  answered(): void {
    this.#hasAnswered = true;
    this.reset();
  }

  /** Any message arrived: the other side is alive. */
  reset(): void {
    this.#unanswered = 0;
  }

  /** Nothing is read from the connection for now. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.reset();
  }

  #check(): void {
    if (this.#isPaused) return;
    if (this.#hasAnswered && this.#unanswered >= MAX_UNANSWERED) {
      // When the event loop was blocked, messages that arrived in time have not been read yet.
      setImmediate(() => {
        if (this.#unanswered >= MAX_UNANSWERED) this.#options.onDead();
      });
      return;
    }
    this.#options.ping();
    this.#unanswered += 1;
  }
}
