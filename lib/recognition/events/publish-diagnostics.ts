import { AsyncResource } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { CHANNELS, type RecognitionDiagnostics } from './diagnostics.ts';
import type { RecognitionMetrics } from './metrics.ts';
import type { RecognitionEvent } from './recognition-events.ts';

const recognition = channel(CHANNELS.recognition);
let count = 0;

/** What is known about a recognition before it starts. */
export interface RecognitionFacts extends Pick<RecognitionDiagnostics, 'recordingId' | 'engine' | 'model'> {
  /** Where its service is, as far as that is known. */
  readonly endpoint: Pick<RecognitionDiagnostics, 'url' | 'region'>;
}

/**
 * Publishes the diagnostics of one recognition. A subscriber runs in the asynchronous context in which the recognition was
 * created, and not in that of a socket or a timer.
 */
export class DiagnosticsPublisher {
  readonly #id: number;
  readonly #facts: RecognitionFacts;
  readonly #context = new AsyncResource('FunAsrRecognition');
  #state: 'new' | 'started' | 'ended' = 'new';

  constructor(facts: RecognitionFacts) {
    count += 1;
    this.#id = count;
    this.#facts = facts;
  }

  /** Publishes an event on its channel, if it has one. */
  event({ type, detail }: RecognitionEvent): void {
    switch (type) {
      case 'connection':
      case 'task':
      case 'reconnect':
      case 'gap':
      case 'metrics': {
        const target = channel(CHANNELS[type]);
        if (target.hasSubscribers) this.#publish(target, { ...detail, recognitionId: this.#id });
      }
    }
  }

  /** The first audio has arrived. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.#publishState('started');
  }

  /** The recognition has ended. Only the first call counts, and none before {@link start}. */
  end(
    state: 'finished' | 'failed' | 'aborted',
    details: { readonly metrics: RecognitionMetrics | undefined; readonly error?: unknown },
  ): void {
    if (this.#state !== 'started') return;
    this.#state = 'ended';
    this.#publishState(state, details);
  }

  #publishState(state: RecognitionDiagnostics['state'], details: object = {}): void {
    if (!recognition.hasSubscribers) return;
    const { endpoint, ...facts } = this.#facts;
    const { url, region } = endpoint;
    this.#publish(recognition, { recognitionId: this.#id, state, ...facts, url, region, ...details });
  }

  #publish(target: typeof recognition, message: object): void {
    this.#context.runInAsyncScope(() => target.publish(message));
  }
}
