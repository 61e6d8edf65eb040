/** What a recognition was like, for its user and for the service's support. Delays in ms. */
export interface RecognitionMetrics {
  /** Of the last task. */
  readonly requestId: string;
  /** From the first audio written to the first text; undefined when there was none of one. */
  readonly firstPackageDelayMs: number | undefined;
  /** From `finish-task` to `task-finished`; undefined when the last task did not get there. */
  readonly lastPackageDelayMs: number | undefined;
  /** Tasks that the service has started. */
  readonly tasks: number;
  /** Audio given to the service, in ms, all of it: also what it had to hear again, and silence that was put in. */
  readonly sentMs: number;
  /** Audio that it had to hear again, in ms. */
  readonly resentMs: number;
  /** Seconds that the service has billed, by its own count. */
  readonly billedSeconds: number;
}

/** Notes what happens in a recognition and when, by a clock that nobody can set. */
export class Meter {
  #requestId: string | undefined;
  #firstAudio: number | undefined;
  #firstText: number | undefined;
  #finishing: number | undefined;
  #finished: number | undefined;
  #tasks = 0;
  #sentMs = 0;
  #resentMs = 0;
  /** Billed by tasks that are over, and by the present one up to now. */
  #billedBefore = 0;
  #billed = 0;

  /** A task is asked for. */
  asked(requestId: string): void {
    this.#requestId = requestId;
    this.#finishing = undefined;
  }

  started(): void {
    this.#tasks += 1;
    this.#billedBefore += this.#billed;
    this.#billed = 0;
  }

  /** @param resentMs How much of it a task before was given, too. */
  sent(ms: number, resentMs: number): void {
    this.#firstAudio ??= performance.now();
    this.#sentMs += ms;
    this.#resentMs += resentMs;
  }

  text(): void {
    this.#firstText ??= performance.now();
  }

  /** @param seconds Billed so far in the present task: a task's own figures are never added up. */
  billed(seconds: number): void {
    this.#billed = Math.max(this.#billed, seconds);
  }

  finishing(): void {
    this.#finishing = performance.now();
  }

  finished(): void {
    this.#finished = performance.now();
  }

  /** Undefined before a task was asked for. */
  get metrics(): RecognitionMetrics | undefined {
    if (this.#requestId === undefined) return undefined;
    return {
      requestId: this.#requestId,
      firstPackageDelayMs: between(this.#firstAudio, this.#firstText),
      lastPackageDelayMs: between(this.#finishing, this.#finished),
      tasks: this.#tasks,
      sentMs: Math.round(this.#sentMs),
      resentMs: Math.round(this.#resentMs),
      billedSeconds: this.#billedBefore + this.#billed,
    };
  }
}

function between(start: number | undefined, end: number | undefined): number | undefined {
  return start === undefined || end === undefined ? undefined : Math.round(end - start);
}
