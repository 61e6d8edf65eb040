import type { FunAsrError } from '../core/errors.ts';
import { checkSentences } from './check-sentence.ts';
import type { Sentence } from '../sentence.ts';
import { type StageOptions, type Step, stage } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';

/** Events of the stage of a text format. */
export interface SubtitleEvents extends DuplexEvents<Buffer> {
  /** `W_CPS`, at the end: some cues cannot be read in the time that their words take. */
  warning: [warning: FunAsrError];
}

/** The stage of a text format: `Sentence` objects in, UTF-8 text out. */
export interface SubtitleStream extends TypedDuplex<SubtitleEvents> {}

/** Converts sentences to the items of a format. */
export interface ItemStep<Item> extends Step<Sentence, Item> {
  /** The warnings that the stage emits at its end. */
  warnings?(): readonly FunAsrError[];
}

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
 * @param flushMs Items that are held back are written when no sentence has come for this time. @default never
 */
export function writer<Item>(
  owner: string,
  items: ItemStep<Item>,
  format: TextFormat<Item>,
  options: LineEndOptions,
  flushMs?: number,
): SubtitleStream {
  const text = new Writer(items, format, options);
  const stream: SubtitleStream = stage(checkSentences(owner, text), {
    writableObjectMode: true,
    signal: options.signal,
    flushMs,
  });
  text.onWarning = (warning) => stream.emit('warning', warning);
  return stream;
}

class Writer<Item> implements Step<Sentence, string> {
  readonly #items: ItemStep<Item>;
  readonly #format: TextFormat<Item>;
  readonly #newline: 'lf' | 'crlf';
  /** The byte order mark, until it is written. */
  #mark: string;
  #hasHead = false;
  #count = 0;
  onWarning: ((warning: FunAsrError) => void) | undefined;

  constructor(
    items: ItemStep<Item>,
    format: TextFormat<Item>,
    { newline = 'lf', bom = false }: LineEndOptions,
  ) {
    this.#items = items;
    this.#format = format;
    this.#newline = newline;
    this.#mark = bom ? '\ufeff' : '';
  }

  prepare(sentence: Sentence): Promise<void> | undefined {
    return this.#items.prepare?.(sentence);
  }

  *feed(sentence: Sentence): Generator<string> {
    yield* this.#head(sentence);
    yield* this.#write(this.#items.feed(sentence));
  }

  *flush(): Generator<string> {
    if (this.#items.flush) yield* this.#write(this.#items.flush());
  }

  *end(): Generator<string> {
    yield* this.#head();
    yield* this.#write(this.#items.end());
    if (this.#format.tail) yield* this.#encoded(this.#format.tail());
    if (this.#mark) yield this.#mark;
    for (const warning of this.#items.warnings?.() ?? []) this.onWarning?.(warning);
  }

  *#head(first?: Sentence): Generator<string> {
    if (this.#hasHead) return;
    this.#hasHead = true;
    const { head = '' } = this.#format;
    yield* this.#encoded(typeof head === 'string' ? head : head(first));
  }

  *#write(items: Iterable<Item>): Generator<string> {
    for (const item of items) yield* this.#encoded(this.#format.item(item, this.#count++));
  }

  /** The formats end lines with LF. */
  *#encoded(text: string): Generator<string> {
    if (!text) return;
    yield this.#mark + (this.#newline === 'crlf' ? text.replaceAll('\n', '\r\n') : text);
    this.#mark = '';
  }
}
