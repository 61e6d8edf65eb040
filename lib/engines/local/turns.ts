/** Work that waits for its turn. */
interface Job {
  readonly start: () => Promise<void>;
  readonly drop: (reason: Error) => void;
}

/**
 * Runs a few pieces of work at a time, for many owners who take turns: one that brings a whole recording at once
 * holds up another, who speaks right now, by one piece at most.
 */
export class Turns {
  readonly #atOnce: number;
  #running = 0;
  /** In the order of their turns. */
  readonly #waiting = new Map<object, Job[]>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  run<Result>(owner: object, work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const jobs = this.#waiting.get(owner) ?? [];
      jobs.push({ start: () => work().then(resolve, reject), drop: reject });
      this.#waiting.set(owner, jobs);
      this.#next();
    });
  }

  /** Drops what an owner still has waiting. */
  drop(owner: object, reason: Error): void {
    for (const job of this.#waiting.get(owner) ?? []) job.drop(reason);
    this.#waiting.delete(owner);
  }

  #next(): void {
    if (this.#running >= this.#atOnce) return;
    const [owner, jobs] = this.#waiting.entries().next().value ?? [];
    const job = jobs?.shift();
    if (!owner || !jobs || !job) return;
    // To the end of the row, if there is more.
    this.#waiting.delete(owner);
    if (jobs.length > 0) this.#waiting.set(owner, jobs);
    this.#running += 1;
    void job.start().finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }
}
