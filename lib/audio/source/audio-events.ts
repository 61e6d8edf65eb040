import type { FunAsrError } from '../../core/errors.ts';
import type { DuplexEvents, ReadableEvents } from '../../core/typed-stream.ts';

interface Warnings {
  /** A loss that is not a failure, with a code `W_…`. */
  warning: [warning: FunAsrError];
}

/** Events of a stream that gives audio: those of a Readable of Node.js, and `warning`. */
export interface AudioSourceEvents extends ReadableEvents<Buffer>, Warnings {}

/** Events of a stage that takes audio and gives audio: those of a Duplex of Node.js, and `warning`. */
export interface AudioEvents extends DuplexEvents<Buffer>, Warnings {}
