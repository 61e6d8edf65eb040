import type { FunAsrError } from '../../core/errors.ts';
import type { DuplexEvents, ReadableEvents } from '../../core/typed-stream.ts';

/** Events of a stream that gives audio: those of a Readable of Node.js, and `warning`. */
export interface AudioSourceEvents extends ReadableEvents<Buffer> {
  /** A loss that is not a failure, with a code `W_…`. */
  warning: [warning: FunAsrError];
}

/** Events of a stage that takes audio and gives audio: those of a Duplex of Node.js, and `warning`. */
export interface AudioEvents extends DuplexEvents<Buffer> {
  /** A loss that is not a failure, with a code `W_…`. */
  warning: [warning: FunAsrError];
}
