interface Job {
  readonly start: () => Promise<void>;
  readonly drop: (reason: Error) => void;
}

/**
 * Runs a limited number of jobs at the same time, and takes them from their owners in turn. An owner with many jobs,
 * such as a whole recording, delays one with a single job, such as a live stream, by one job at most.
 */
export class FairQueue {
  readonly #maxRunning: number;
  #running = 0;
  /** Waiting jobs by owner, in the order of their turns. */
  readonly #waiting = new Map<object, Job[]>();

  constructor(maxRunning: number) {
    this.#maxRunning = maxRunning;
  }

  /** Runs a job when it is its owner's turn. */
  run<Result>(owner: object, work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const jobs = this.#waiting.get(owner) ?? [];
      jobs.push({ start: () => work().then(resolve, reject), drop: reject });
      this.#waiting.set(owner, jobs);
      this.#next();
    });
  }

  /** Rejects the waiting jobs of an owner. */
  drop(owner: object, reason: Error): void {
    for (const job of this.#waiting.get(owner) ?? []) job.drop(reason);
    this.#waiting.delete(owner);
  }

  #next(): void {
    if (this.#running >= this.#maxRunning) return;
    const [owner, jobs] = this.#waiting.entries().next().value ?? [];
    const job = jobs?.shift();
    if (!owner || !jobs || !job) return;
    // The owner moves to the end of the queue.
    this.#waiting.delete(owner);
    if (jobs.length > 0) this.#waiting.set(owner, jobs);
    this.#running += 1;
    void job.start().finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }
}
