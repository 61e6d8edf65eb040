/** A stretch of the input, in positions. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * How the input is kept, timed and sent. Positions are bytes of what is kept, from the start of the input; a unit is the
 * smallest part that can be sent alone: a sample, a packet, or a byte where the bytes have no time of their own.
 */
export interface InputFormat {
  /** Whether each unit has a time, so that a task can begin at any of them. */
  readonly isTimed: boolean;
  /** How much audio is kept, in ms. For bytes without a time: at their lowest rate. */
  readonly maxMs: number;
  /** Takes bytes of the source. @returns What is kept of them. @throws {FunAsrError} `E_BAD_MEDIA`. */
  unpack(bytes: Uint8Array): Uint8Array;
  /** The source has ended. @returns Number of bytes that cannot be used, because what they belong to is not complete. */
  end(): number;
  /** The time of a position, in ms. */
  msAt(position: number): number;
  /** The last unit that does not begin after a time in ms. */
  positionAt(ms: number): number;
  /** The start of the unit at a position. */
  floor(position: number): number;
  /** End of the units that fit into some bytes, from the start of a unit; at least one unit. */
  reach(from: number, maxBytes: number): number;
  /** Nothing before a position is asked for any more. */
  release(position: number): void;
  /** Makes of kept audio what a task is sent. @param isFirst Nothing was sent to the task before. @param isLast The input ends there. */
  pack(audio: Buffer, stretch: Stretch, isFirst: boolean, isLast: boolean): Buffer;
}
