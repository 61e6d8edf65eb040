import type { Sentence } from '../sentence.ts';

/**
 * What the service bills for one recording. Each sentence carries the seconds billed so far in its task, so
 * the last one of each task counts: adding them up would count the beginning again and again.
 */
export class Billing {
  readonly #byTask = new Map<string, number>();

  add({ request_id, usage }: Sentence): void {
    if (!usage) return;
    this.#byTask.set(request_id, Math.max(usage.duration, this.#byTask.get(request_id) ?? 0));
  }

  get seconds(): number {
    return [...this.#byTask.values()].reduce((sum, seconds) => sum + seconds, 0);
  }
}
