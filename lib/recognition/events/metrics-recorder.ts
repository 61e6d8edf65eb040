import type { RecognitionMetrics } from './metrics.ts';
import type { RecognitionEvent } from './recognition-events.ts';

/** Makes the metrics of a recognition from its events, with a monotonic clock. */
export class MetricsRecorder {
  #requestId: string | undefined;
  #firstAudioAt: number | undefined;
  #firstTextAt: number | undefined;
  #finishingAt: number | undefined;
  #finishedAt: number | undefined;
  #tasks = 0;
  #sentMs = 0;
  #resentMs = 0;
  /** Billed by earlier tasks, and by the current one so far. */
  #billedBefore = 0;
  #billed = 0;

  /** Records an event; for `EventPublisher.subscribe`. */
  record({ type, detail }: RecognitionEvent): void {
    switch (type) {
      case 'taskRequested':
        this.#requestId = detail;
        this.#finishingAt = undefined;
        return;
      case 'task':
        return this.#recordTask(detail.state);
      case 'audioSent':
        this.#firstAudioAt ??= performance.now();
        this.#sentMs += detail.ms;
        this.#resentMs += detail.resentMs;
        return;
      case 'result':
        if (detail.hasText) this.#firstTextAt ??= performance.now();
        // The figures of one task are cumulative.
        this.#billed = Math.max(this.#billed, detail.billedSeconds ?? 0);
        return;
      case 'finishing':
        this.#finishingAt = performance.now();
    }
  }

  #recordTask(state: 'started' | 'finished' | 'failed'): void {
    if (state === 'finished') this.#finishedAt = performance.now();
    if (state !== 'started') return;
    this.#tasks += 1;
    this.#billedBefore += this.#billed;
    this.#billed = 0;
  }

  /** Undefined before the first task was requested. */
  get metrics(): RecognitionMetrics | undefined {
    if (this.#requestId === undefined) return undefined;
    return {
      requestId: this.#requestId,
      firstPackageDelayMs: between(this.#firstAudioAt, this.#firstTextAt),
      lastPackageDelayMs: between(this.#finishingAt, this.#finishedAt),
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
