import type { FunAsrError } from './core/errors.ts';
import { callback, type Rules } from './core/options.ts';
import type { Gap, Reconnect } from './recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from './recognition/events/metrics.ts';

/** Progress of a transcription, in ms of the recording. */
export interface TranscribeProgress {
  /** Audio that was sent to the service. */
  readonly audioMs: number;
  /** Time up to which the text is final. */
  readonly finalMs: number;
}

/** The end of a transcription that did not fail. */
export interface TranscribeEnd {
  /** False when `stop` ended it before the end of the recording. */
  readonly isWhole: boolean;
}

/** Everything that happens in a transcription, except its sentences: the name and the detail of each event. */
export interface TranscribeEventMap {
  warning: FunAsrError;
  reconnect: Reconnect;
  gap: Gap;
  metrics: RecognitionMetrics;
  progress: TranscribeProgress;
  end: TranscribeEnd;
}

/** One event of a transcription: `type` says which, `detail` is what goes with it. */
export type TranscribeEvent = {
  readonly [Type in keyof TranscribeEventMap]: {
    readonly type: Type;
    readonly detail: TranscribeEventMap[Type];
  };
}[keyof TranscribeEventMap];

/** Callbacks of a transcription. */
export interface TranscribeCallbacks {
  /** Called with every event, before the callback for its type. */
  readonly onEvent?: ((event: TranscribeEvent) => void) | undefined;
  /** Called with each frame that is sent, and at the end. */
  readonly onProgress?: ((progress: TranscribeProgress) => void) | undefined;
  /** Called once, before the iteration ends normally. */
  readonly onEnd?: ((end: TranscribeEnd) => void) | undefined;
  /** Called when the recognition was interrupted and continues in a new task. */
  readonly onReconnect?: ((reconnect: Reconnect) => void) | undefined;
  /**
   * Called with each part of the recording that was given up and is missing from the text. Called before the
   * sentences that follow the gap are yielded.
   */
  readonly onGap?: ((gap: Gap) => void) | undefined;
  /** Called once at the end, also after a failure; not when no task was started. */
  readonly onMetrics?: ((metrics: RecognitionMetrics) => void) | undefined;
  /** Called with each loss that is not a failure. */
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
}

/** The rules of {@link TranscribeCallbacks}. */
export const CALLBACK_RULES: Rules<TranscribeCallbacks> = {
  onEvent: callback,
  onProgress: callback,
  onEnd: callback,
  onReconnect: callback,
  onGap: callback,
  onMetrics: callback,
  onWarning: callback,
};

/** Returns a function that calls the callbacks for an event. */
export function publisherTo(callbacks: TranscribeCallbacks): (event: TranscribeEvent) => void {
  const { onEvent, onProgress, onEnd, onReconnect, onGap, onMetrics, onWarning } = callbacks;
  return (event) => {
    onEvent?.(event);
    switch (event.type) {
      case 'progress':
        return onProgress?.(event.detail);
      case 'end':
        return onEnd?.(event.detail);
      case 'reconnect':
        return onReconnect?.(event.detail);
      case 'gap':
        return onGap?.(event.detail);
      case 'metrics':
        return onMetrics?.(event.detail);
      case 'warning':
        return onWarning?.(event.detail);
      default:
        event satisfies never;
    }
  };
}
