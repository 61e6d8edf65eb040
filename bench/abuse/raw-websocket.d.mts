import type { Garbage } from './garbage.mjs';

/** A frame as somebody writes it who need not be right. */
export interface RawFrame {
  readonly opcode?: number;
  readonly payload?: string | Buffer;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly isMasked?: boolean;
  /** The length that the header tells, whatever follows. */
  readonly length?: number | bigint;
}

export interface Ending {
  readonly status: number | undefined;
  readonly code: number | undefined;
}

export function frame(frame: RawFrame): Buffer;
export function upgrade(port: number, headers?: string): string;
export function talk(
  port: number,
  garbage: Omit<Garbage, 'name' | 'code' | 'status'>,
  patienceMs?: number,
): Promise<Ending>;
