import { checkSentences } from './check-sentence.ts';
import type { Sentence } from '../sentence.ts';
import { type StageOptions, type Step, stage } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';

/** The stage of a text format: `Sentence` objects in, UTF-8 text out. */
export interface SubtitleStream extends TypedDuplex<DuplexEvents<Buffer>> {}

/** A text format: what is written for each item, and before and after all items. The head may depend on
 * the first sentence. */
export interface TextFormat<Item> {
  readonly head?: string | ((first: Sentence | undefined) => string);
  /** Formats one item. @param index Counts from 0. */
  item(item: Item, index: number): string;
  readonly tail?: () => string;
}

/** Options of the formats that players read. */
export interface LineEndOptions extends StageOptions {
  /** Line ends. Some old players need CRLF. @default 'lf' */
  readonly newline?: 'lf' | 'crlf' | undefined;
  /** Whether the output begins with a byte order mark, which some old players need. @default false */
  readonly bom?: boolean | undefined;
}

/**
 * Makes the stage of one text format: `Sentence` objects → text. The head is written even when there are no items, so
 * that the output is valid. To add a format, pass its {@link TextFormat} to this function, as `srt.ts` and `tsv.ts` do,
 * and add it to the table in `formats.ts`.
 * @param owner Name of the stage, for messages.
 * @param items Converts sentences to the items of the format: sentences or cues.
 */
export function writer<Item>(
  owner: string,
  items: Step<Sentence, Item>,
  format: TextFormat<Item>,
  options: LineEndOptions,
): SubtitleStream {
  return stage(checkSentences(owner, withLineEnds(new Writer(items, format), options)), {
    writableObjectMode: true,
    signal: options.signal,
  });
}

/** Replaces the line ends of a format, and writes the byte order mark. The formats themselves end lines with LF. */
function withLineEnds(
  step: Step<Sentence, string>,
  { newline = 'lf', bom = false }: LineEndOptions,
): Step<Sentence, string> {
  let mark = bom ? '\ufeff' : '';
  function* converted(texts: Iterable<string>): Generator<string> {
    for (const text of texts) {
      yield mark + (newline === 'crlf' ? text.replaceAll('\n', '\r\n') : text);
      mark = '';
    }
  }
  return {
    prepare: (sentence) => step.prepare?.(sentence),
    feed: (sentence) => converted(step.feed(sentence)),
    *end() {
      yield* converted(step.end());
      if (mark) yield mark;
    },
  };
}

class Writer<Item> implements Step<Sentence, string> {
  readonly #items: Step<Sentence, Item>;
  readonly #format: TextFormat<Item>;
  #hasHead = false;
  #count = 0;

  constructor(items: Step<Sentence, Item>, format: TextFormat<Item>) {
    this.#items = items;
    this.#format = format;
  }

  prepare(sentence: Sentence): Promise<void> | undefined {
    return this.#items.prepare?.(sentence);
  }

  *feed(sentence: Sentence): Generator<string> {
    yield* this.#head(sentence);
    yield* this.#write(this.#items.feed(sentence));
  }

  *end(): Generator<string> {
    yield* this.#head();
    yield* this.#write(this.#items.end());
    if (this.#format.tail) yield this.#format.tail();
  }

  *#head(first?: Sentence): Generator<string> {
    if (this.#hasHead) return;
    this.#hasHead = true;
    const { head = '' } = this.#format;
    const text = typeof head === 'string' ? head : head(first);
    if (text) yield text;
  }

  *#write(items: Iterable<Item>): Generator<string> {
    for (const item of items) {
      const text = this.#format.item(item, this.#count++);
      if (text) yield text;
    }
  }
}
