/** What a task was like, for its user and for the service's support. Delays in ms. */
export interface TaskMetrics {
  readonly requestId: string;
  /** From the first audio written to the first text; undefined when there was none of one. */
  readonly firstPackageDelay: number | undefined;
  /** From `finish-task` to `task-finished`; undefined when the task did not get there. */
  readonly lastPackageDelay: number | undefined;
}

/** Notes when the events of a task happen, by a clock that nobody can set. */
export class Stopwatch {
  readonly #requestId: string;
  #firstAudio: number | undefined;
  #firstText: number | undefined;
  #finishing: number | undefined;
  #finished: number | undefined;

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  audio(): void {
    this.#firstAudio ??= performance.now();
  }

  text(): void {
    this.#firstText ??= performance.now();
  }

  finishing(): void {
    this.#finishing = performance.now();
  }

  finished(): void {
    this.#finished = performance.now();
  }

  get metrics(): TaskMetrics {
    return {
      requestId: this.#requestId,
      firstPackageDelay: between(this.#firstAudio, this.#firstText),
      lastPackageDelay: between(this.#finishing, this.#finished),
    };
  }
}

function between(start: number | undefined, end: number | undefined): number | undefined {
  return start === undefined || end === undefined ? undefined : Math.round(end - start);
}
