import type { FunAsrError } from '../../core/errors.ts';
import type { Span } from '../input/backlog.ts';
import { type Gap, publish } from '../events/diagnostics.ts';

/** Gathers what is lost piece by piece, so that a gap is told once, and whole. */
export class Losses {
  readonly #onGap: (gap: Gap) => void;
  #gap: Gap | undefined;

  constructor(onGap: (gap: Gap) => void) {
    this.#onGap = onGap;
  }

  /** A part of the input is lost, which comes after all that were before. */
  add({ beginMs, endMs }: Span, reason: FunAsrError): void {
    if (this.#gap && this.#gap.end_time < beginMs) this.tell();
    this.#gap = { begin_time: this.#gap?.begin_time ?? beginMs, end_time: endMs, reason };
  }

  /** What comes now is no loss. */
  tell(): void {
    const gap = this.#gap;
    this.#gap = undefined;
    if (!gap) return;
    publish('gap', gap);
    this.#onGap(gap);
  }
}
