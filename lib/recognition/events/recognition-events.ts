import type { FunAsrError } from '../../core/errors.ts';
import type { ConnectionDiagnostics, Gap, Reconnect, TaskDiagnostics } from './diagnostics.ts';
import type { RecognitionMetrics } from './metrics.ts';

/** Everything that happens in a recognition, except its sentences: the name and the detail of each event. */
export interface RecognitionEventMap {
  /** A connection was opened, or reused. */
  connection: ConnectionDiagnostics;
  /** A task was requested, with this id. */
  taskRequested: string;
  /** A task started, finished or failed. */
  task: TaskDiagnostics;
  /** The first task has started, with this id. */
  open: string;
  /** Audio was sent: how much, and how much of it an earlier task was sent already, in ms. */
  audioSent: { readonly ms: number; readonly resentMs: number };
  /** A result arrived. `billedSeconds` is the service's count for the task so far. */
  result: { readonly hasText: boolean; readonly billedSeconds: number | undefined };
  /** `finish-task` was sent. */
  finishing: string;
  reconnect: Reconnect;
  gap: Gap;
  warning: FunAsrError;
  /** The recognition has ended. */
  metrics: RecognitionMetrics;
}

/** One event of a recognition: `type` says which, `detail` is what goes with it. */
export type RecognitionEvent = {
  readonly [Type in keyof RecognitionEventMap]: {
    readonly type: Type;
    readonly detail: RecognitionEventMap[Type];
  };
}[keyof RecognitionEventMap];

/** Publishes each event of one recognition once, to all subscribers in the order in which they subscribed. */
export class EventPublisher {
  readonly #subscribers: ((event: RecognitionEvent) => void)[] = [];

  subscribe(subscriber: (event: RecognitionEvent) => void): void {
    this.#subscribers.push(subscriber);
  }

  publish<Type extends keyof RecognitionEventMap>(type: Type, detail: RecognitionEventMap[Type]): void {
    const event = { type, detail } as RecognitionEvent;
    for (const subscriber of this.#subscribers) subscriber(event);
  }
}
