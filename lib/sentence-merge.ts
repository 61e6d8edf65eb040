import type { FinalSentence } from './sentence.ts';

/** A channel with more waiting sentences than this waits itself, while the reader is slower than it. */
const MAX_WAITING = 100;

interface Channel {
  readonly waiting: FinalSentence[];
  /** No later sentence of the channel begins before this time. */
  endMs: number;
  isOver: boolean;
}

/** Merges the final sentences of several channels by the time at which they begin. */
export class SentenceMerge {
  readonly #channels: readonly Channel[];
  #error: unknown;
  #hasFailed = false;
  #isClosed = false;
  #waiters: (() => void)[] = [];

  /** @param channels Number of channels. */
  constructor(channels: number) {
    this.#channels = Array.from({ length: channels }, () => ({ waiting: [], endMs: 0, isOver: false }));
  }

  /** Adds the next sentence of a channel. Resolves when there is room for more. */
  async add(channel: number, sentence: FinalSentence): Promise<void> {
    const { waiting } = this.#at(channel);
    waiting.push(sentence);
    this.#at(channel).endMs = sentence.end_time;
    this.#wake();
    // A channel that waits for another one goes on: sentences take little memory.
    while (waiting.length > MAX_WAITING && this.#next() && !this.#isClosed) await this.#change();
  }

  /** Ends a channel, after an error too. The first error is thrown when all sentences were read. */
  end(channel: number, ...error: [] | [unknown]): void {
    this.#at(channel).isOver = true;
    if (error.length > 0 && !this.#hasFailed) {
      this.#hasFailed = true;
      this.#error = error[0];
    }
    this.#wake();
  }

  /** Nobody reads any more. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** The sentences in the order of their beginnings. */
  async *sentences(): AsyncGenerator<FinalSentence, void, void> {
    for (;;) {
      const next = this.#next();
      if (next) {
        next.waiting.shift();
        this.#wake();
        yield next.first;
      } else if (this.#channels.every(({ isOver, waiting }) => isOver && waiting.length === 0)) break;
      else await this.#change();
    }
    if (this.#hasFailed) throw this.#error;
  }

  /**
   * The earliest sentence, when no channel can still give an earlier one. Of sentences that begin together, that of the
   * first channel comes first, whatever order they arrive in.
   */
  #next(): { first: FinalSentence; waiting: FinalSentence[] } | undefined {
    let next: { first: FinalSentence; waiting: FinalSentence[]; channel: number } | undefined;
    for (const [channel, { waiting }] of this.#channels.entries()) {
      const [first] = waiting;
      if (first && (!next || first.begin_time < next.first.begin_time)) next = { first, waiting, channel };
    }
    if (!next) return undefined;
    const { first, channel: nextChannel } = next;
    const isEarliest = this.#channels.every(
      ({ waiting, isOver, endMs }, channel) =>
        waiting.length > 0 ||
        isOver ||
        endMs > first.begin_time ||
        (endMs === first.begin_time && channel > nextChannel),
    );
    return isEarliest ? next : undefined;
  }

  #at(channel: number): Channel {
    const found = this.#channels[channel];
    if (!found) throw new RangeError(`there is no channel ${channel}`);
    return found;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
