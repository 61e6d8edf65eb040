import type { FunAsrError } from '../../core/errors.ts';
import type { DuplexEvents, ReadableEvents } from '../../core/typed-stream.ts';

/** Events of a stream of audio: those of a Readable of Node.js, and `warning`. */
export interface AudioSourceEvents extends ReadableEvents<Buffer> {
  /** A loss that is not a failure, with a code `W_…`. */
  warning: [warning: FunAsrError];
}

/** Events of a stage with audio as input and output: those of a Duplex of Node.js, and `warning`. */
export interface AudioEvents extends DuplexEvents<Buffer> {
  /** A loss that is not a failure, with a code `W_…`. */
  warning: [warning: FunAsrError];
}
