import type { FunAsrError } from '../../core/errors.ts';
import type { DuplexEvents, TypedDuplex } from '../../core/typed-stream.ts';
import type { Sentence } from '../../sentence.ts';
import type { Gap, Reconnect } from './diagnostics.ts';
import type { RecognitionMetrics } from './metrics.ts';

/** Events of a {@link RecognizeStream}: those of a Duplex of Node.js, and its own. */
export interface RecognizeEvents extends DuplexEvents<Sentence> {
  /** The service has started the first task, with this id. */
  open: [taskId: string];
  /** The recognition continues in a new task after a failure. */
  reconnect: [reconnect: Reconnect];
  /** Audio that was given up: no text of it follows. A `warning` with code `W_GAP` comes with it. */
  gap: [gap: Gap];
  /** A loss that is not a failure, or an option without effect, with a code `W_…`. */
  warning: [warning: FunAsrError];
  /** Once, at the end, also after a failure. Not emitted if no task was started. */
  metrics: [metrics: RecognitionMetrics];
}

/** The stage that `recognize` makes: audio in, sentences out, partial and final. */
export interface RecognizeStream extends TypedDuplex<RecognizeEvents> {}
