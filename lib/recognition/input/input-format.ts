import type { FunAsrError } from '../../core/errors.ts';

/** A stretch of the input, in positions. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where audio lies in what a task is sent. */
export interface TaskPlace {
  /** For the first audio of the task: the time at which the task begins, in ms. It may lie within the first unit. */
  readonly startMs: number | undefined;
  /** Whether the input ends there. */
  readonly isLast: boolean;
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
  /** Takes bytes of the source. @returns What is kept of them. */
  unpack(bytes: Uint8Array): Uint8Array;
  /** The source has ended. @returns Warnings of what was lost in it. */
  end(): readonly FunAsrError[];
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
  /** Makes of kept audio what a task is sent. */
  pack(audio: Buffer, stretch: Stretch, place: TaskPlace): Buffer;
}
