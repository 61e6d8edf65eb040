import type { Sentence } from '../sentence.ts';
import { type StageOptions, type Step, stage } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';

/** The stage of a text format: `Sentence` objects in, UTF-8 text out. */
export interface SubtitleStream extends TypedDuplex<DuplexEvents<Buffer>> {}

/** A text format: what stands before, between and after its items. */
export interface Format<Item> {
  readonly head?: string;
  /** @param index Counts from 0. */
  item(item: Item, index: number): string;
  readonly tail?: string;
}

/**
 * Makes the stage of one text format: `Sentence` objects → text. `items` says what the format is made of,
 * whole sentences or cues. The head is written even when there is no item, so that the file is valid.
 */
export function writer<Item>(
  items: Step<Sentence, Item>,
  format: Format<Item>,
  options: StageOptions,
): SubtitleStream {
  return stage(new Writer(items, format), { writableObjectMode: true, signal: options.signal });
}

class Writer<Item> implements Step<Sentence, string> {
  readonly #items: Step<Sentence, Item>;
  readonly #format: Format<Item>;
  #begun = false;
  #written = 0;

  constructor(items: Step<Sentence, Item>, format: Format<Item>) {
    this.#items = items;
    this.#format = format;
  }

  *feed(sentence: Sentence): Generator<string> {
    yield* this.#head();
    yield* this.#write(this.#items.feed(sentence));
  }

  *end(): Generator<string> {
    yield* this.#head();
    yield* this.#write(this.#items.end());
    if (this.#format.tail) yield this.#format.tail;
  }

  *#head(): Generator<string> {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#format.head) yield this.#format.head;
  }

  *#write(items: Iterable<Item>): Generator<string> {
    for (const item of items) yield this.#format.item(item, this.#written++);
  }
}
