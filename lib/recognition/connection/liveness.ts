/** Questions without an answer after which the other side is taken for gone. */
const MAX_UNANSWERED = 2;

/** What a {@link Liveness} is made with. */
export interface LivenessOptions {
  /** Between two questions, in ms. */
  readonly intervalMs: number;
  /** Asks the other side whether it is there. */
  readonly ask: () => void;
  /** It is gone: it used to answer, and does not any more. */
  readonly onGone: () => void;
}

/**
 * Whether the other side of a connection is still there: a link that is broken on the way shows nothing by itself. A
 * side that has never answered a question proves nothing by its silence.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  #timer: NodeJS.Timeout | undefined;
  #unanswered = 0;
  #hasAnswered = false;
  #isPaused = false;

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** Whether it has ever answered. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Begins to ask. The first question tells whether it answers any. */
  start(): void {
    this.#isPaused = false;
    this.#options.ask();
    this.#unanswered = 1;
    this.#timer = setInterval(() => this.#check(), this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** It answered a question. */
  answered(): void {
    this.#hasAnswered = true;
    this.heard();
  }

  /** It said anything at all. */
  heard(): void {
    this.#unanswered = 0;
  }

  /** Nobody listens for now: what is not heard proves nothing. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.heard();
  }

  #check(): void {
    if (this.#isPaused) return;
    if (this.#hasAnswered && this.#unanswered >= MAX_UNANSWERED) {
      // When the event loop was blocked, what came in the meantime has not been read yet.
      setImmediate(() => {
        if (this.#unanswered >= MAX_UNANSWERED) this.#options.onGone();
      });
      return;
    }
    this.#options.ask();
    this.#unanswered += 1;
  }
}
