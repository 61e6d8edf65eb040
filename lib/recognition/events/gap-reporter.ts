import { FunAsrError, type TimeSpan } from '../../core/errors.ts';
import { formatSpan } from '../../core/seconds.ts';
import type { Gap } from './diagnostics.ts';
import type { EventPublisher } from './recognition-events.ts';

/** Joins lost parts of the input that adjoin, and reports each gap once, as an event and as a warning. */
export class GapReporter {
  readonly #events: EventPublisher;
  #gap: Gap | undefined;

  constructor(events: EventPublisher) {
    this.#events = events;
  }

  /** Adds a lost part of the input. The next one may adjoin it. */
  add({ beginMs, endMs }: TimeSpan, reason: FunAsrError): void {
    if (this.#gap && (this.#gap.end_time < beginMs || endMs < this.#gap.begin_time)) this.flush();
    const { begin_time = beginMs, end_time = endMs } = this.#gap ?? {};
    this.#gap = { begin_time: Math.min(begin_time, beginMs), end_time: Math.max(end_time, endMs), reason };
  }

  /** Audio after the gap was recognised, or the input has ended: reports the gap, if there is one. */
  flush(): void {
    const gap = this.#gap;
    if (!gap) return;
    this.#gap = undefined;
    this.#events.publish('gap', gap);
    this.#events.publish('warning', gapWarning(gap));
  }
}

function gapWarning({ begin_time, end_time, reason }: Gap): FunAsrError {
  const span = { beginMs: begin_time, endMs: end_time };
  return new FunAsrError('W_GAP', `nothing from ${formatSpan(span)} is in the text: ${reason.message}`, {
    requestId: reason.requestId,
    span,
    cause: reason,
  });
}
