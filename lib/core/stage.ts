import { Transform, type TransformOptions } from 'node:stream';
import { abortSignal, type Rules } from './options.ts';

/** What every stage of the pipeline takes. */
export interface StageOptions {
  /** Destroys the stage with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** The rules of {@link StageOptions}. */
export const STAGE_RULES: Rules<StageOptions> = { signal: abortSignal };

/** The work of a stage, free of streams: it is fed one item at a time and gives none, one or many. */
export interface Step<Input, Output> {
  feed(item: Input): Iterable<Output>;
  /** What is left when the input has ended. */
  end(): Iterable<Output>;
}

/** Makes a standard Transform of a {@link Step}. */
export function stage<Input, Output>(step: Step<Input, Output>, options: TransformOptions = {}): Transform {
  return new Stage(step, options);
}

/**
 * One input item may become many output items: when the reader has enough, the rest waits inside the iterator
 * until it asks again. A plain Transform would buffer all of them, past its high-water mark.
 */
class Stage<Input, Output> extends Transform {
  readonly #step: Step<Input, Output>;
  #whenRead: (() => void) | undefined;

  constructor(step: Step<Input, Output>, options: TransformOptions) {
    super(options);
    this.#step = step;
  }

  override _transform(
    item: Input,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.#give(() => this.#step.feed(item), callback);
  }

  override _flush(callback: (error?: Error | null) => void): void {
    this.#give(() => this.#step.end(), callback);
  }

  override _read(size: number): void {
    const resume = this.#whenRead;
    this.#whenRead = undefined;
    resume?.();
    // Also after resuming: Node asks only once, and the Transform below may be waiting to be asked, too.
    super._read(size);
  }

  #give(work: () => Iterable<Output>, callback: (error?: Error | null) => void): void {
    let items: Iterator<Output>;
    try {
      items = work()[Symbol.iterator]();
    } catch (error) {
      return callback(error as Error);
    }
    this.#push(items, callback);
  }

  /** What a reader throws while it is given an item is its own, and not caught here. */
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
