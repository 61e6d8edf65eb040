import { Transform, type TransformOptions } from 'node:stream';
import { refuseWrongChunks } from './chunk.ts';
import { abortSignal, type Rules } from './options.ts';

/** Options of every stage. */
export interface StageOptions {
  /**
   * Aborts at once: the stage is destroyed with an `AbortError`, and output that was not read yet is lost. To end a
   * recording early and keep what was recognised, use the option `stop` of `transcribe` and `capture`.
   */
  readonly signal?: AbortSignal | undefined;
}

/** The rules of {@link StageOptions}. */
export const STAGE_RULES: Rules<StageOptions> = { signal: abortSignal };

/** The work of a stage, without streams: takes one item at a time and returns any number of items. */
export interface Step<Input, Output> {
  /**
   * Loads what an item needs, before it is fed. Most items need nothing.
   * @returns Undefined when nothing is to be loaded.
   */
  prepare?(item: Input): Promise<void> | undefined;
  feed(item: Input): Iterable<Output>;
  /** Returns items that are held back only because something may follow. */
  flush?(): Iterable<Output>;
  /** Returns the last items when the input has ended. */
  end(): Iterable<Output>;
}

/** Options of a stage as a stream. */
interface StreamOptions extends TransformOptions {
  /** The step is flushed when nothing has come for this time, in ms. @default never */
  readonly flushMs?: number | undefined;
}

/** Makes a standard Transform of a {@link Step}. */
export function stage<Input, Output>(step: Step<Input, Output>, options: StreamOptions = {}): Transform {
  const takesBytes = !(options.objectMode ?? false) && !(options.writableObjectMode ?? false);
  return refuseWrongChunks(new Stage(step, options), takesBytes);
}

/**
 * A Transform that respects its high-water mark when one input item becomes many output items: the remaining items stay
 * in the iterator until the reader requests more. A plain Transform would buffer all of them.
 */
class Stage<Input, Output> extends Transform {
  readonly #step: Step<Input, Output>;
  readonly #flushMs: number | undefined;
  #whenRead: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(step: Step<Input, Output>, { flushMs, ...options }: StreamOptions) {
    super(options);
    this.#step = step;
    this.#flushMs = flushMs;
  }

  override _transform(
    item: Input,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    clearTimeout(this.#timer);
    const fed = (error?: Error | null): void => {
      this.#flushLater();
      callback(error);
    };
    const feed = (): void => this.#start(() => this.#step.feed(item), fed);
    const loading = this.#step.prepare?.(item);
    if (loading) loading.then(feed, fed);
    else feed();
  }

  override _flush(callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#start(() => this.#step.end(), callback);
  }

  override _read(size: number): void {
    const resume = this.#whenRead;
    this.#whenRead = undefined;
    resume?.();
    // Also after resuming: Node calls this only once, and the base class may be waiting for it too.
    super._read(size);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // A signal that is aborted already destroys a stream while it is constructed.
    if (#timer in this) clearTimeout(this.#timer);
    super._destroy(error, callback);
  }

  #flushLater(): void {
    if (this.#flushMs === undefined || this.destroyed) return;
    this.#timer = setTimeout(() => {
      for (const item of this.#step.flush?.() ?? []) this.push(item);
    }, this.#flushMs);
    // It does not keep a program running.
    this.#timer.unref();
  }

  #start(work: () => Iterable<Output>, callback: (error?: Error | null) => void): void {
    let items: Iterator<Output>;
    try {
      items = work()[Symbol.iterator]();
    } catch (error) {
      return callback(error as Error);
    }
    this.#push(items, callback);
  }

  /** Does not catch what `push` throws: that is an error of the reader. */
  #push(items: Iterator<Output>, callback: (error?: Error | null) => void): void {
    for (;;) {
      let item: IteratorResult<Output>;
      try {
        item = items.next();
      } catch (error) {
        return callback(error as Error);
      }
      if (item.done) return callback();
      if (this.push(item.value)) continue;
      this.#whenRead = () => this.#push(items, callback);
      return;
    }
  }
}

/** Passes each item of an iterator through several steps, and at its end what each step still holds. */
export async function* throughSteps<Item>(
  items: AsyncIterable<Item>,
  steps: readonly Step<Item, Item>[],
): AsyncGenerator<Item, void, void> {
  for await (const item of items) yield* feedSteps(item, steps);
  for (const [index, step] of steps.entries())
    for (const item of step.end()) yield* feedSteps(item, steps.slice(index + 1));
}

function* feedSteps<Item>(item: Item, [first, ...rest]: readonly Step<Item, Item>[]): Iterable<Item> {
  if (!first) yield item;
  else for (const output of first.feed(item)) yield* feedSteps(output, rest);
}
