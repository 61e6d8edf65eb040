import type { RunEvent } from '../recording/run-events.ts';
import type { QueuedJob } from './job-queue.ts';

/** The progress of a recording that a worker is working on, in ms. */
export interface RecordingProgressRecord {
  readonly finalMs: number;
  readonly durationMs: number | null;
}

/** Least time between two records. */
const INTERVAL_MS = 2_000;

/** Stores the progress of a recording in its job, for the status of the queue. */
export class StoredProgress {
  readonly #job: QueuedJob;
  #storedAt = -Infinity;
  #isStoring = false;

  constructor(job: QueuedJob) {
    this.#job = job;
  }

  onEvent(event: RunEvent): void {
    const now = performance.now();
    if (event.type !== 'progress' || this.#isStoring || now - this.#storedAt < INTERVAL_MS) return;
    const { finalMs, durationMs = null } = event.detail;
    this.#isStoring = true;
    this.#storedAt = now;
    // One at a time: without Redis they would pile up.
    this.#job
      .updateProgress({ finalMs, durationMs } satisfies RecordingProgressRecord)
      .catch(() => undefined)
      .finally(() => (this.#isStoring = false));
  }
}
