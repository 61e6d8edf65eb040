import { refuseWrongChunks } from '../../core/chunk.ts';
import { addAbortSignal, Duplex, Readable } from 'node:stream';
import type { FunAsrError } from '../../core/errors.ts';

/** What a generator gets from the stream, or from the loop, that it works for. */
export interface GeneratorContext {
  /** Aborted when the result is not wanted any more. */
  readonly signal: AbortSignal;
  /** Reports a loss that is not a failure: a stream emits it as a `warning` event. */
  readonly warn: (warning: FunAsrError) => void;
}

/** Yields one chunk each time the reader has room, and cleans up in its `finally`. */
type ChunkGenerator = AsyncGenerator<Buffer, unknown, void>;

/** Makes a Readable of a generator. */
export function readableFrom(
  generate: (context: GeneratorContext) => ChunkGenerator,
  signal?: AbortSignal,
): Readable {
  return new GeneratorReadable(generate, signal);
}

/** Makes a Duplex of a generator: its input are the written chunks, its output are the chunks that are read. */
export function duplexFrom(
  generate: (input: AsyncIterator<Buffer, undefined>, context: GeneratorContext) => ChunkGenerator,
  signal?: AbortSignal,
): Duplex {
  return refuseWrongChunks(new GeneratorDuplex(generate, signal));
}

/** Moves chunks from a generator to the readable side of a stream. */
class Pull {
  readonly #stream: Readable;
  readonly #chunks: ChunkGenerator;
  readonly #abort = new AbortController();
  #isPulling = false;
  #failure: Error | undefined;

  constructor(stream: Readable, generate: (context: GeneratorContext) => ChunkGenerator) {
    this.#stream = stream;
    this.#chunks = generate({
      signal: this.#abort.signal,
      warn: (warning) => void stream.emit('warning', warning),
    });
  }

  /** Pulls until the stream is full. Resolves true at the end of the generator. */
  async pull(): Promise<boolean> {
    // A generator that has thrown reports `done` next: the failure would look like an end.
    if (this.#isPulling || this.#failure) return false;
    this.#isPulling = true;
    try {
      for (;;) {
        const { value, done } = await this.#chunks.next();
        if (this.#stream.destroyed) return false;
        if (done) this.#stream.push(null);
        if (done) return true;
        if (!this.#stream.push(value)) return false;
      }
    } catch (error) {
      this.#failure = error as Error;
      this.failWhenRead();
      return false;
    } finally {
      this.#isPulling = false;
    }
  }

  /** Destroys a stream that has failed once its buffer is read: destroying drops the chunks in the buffer. */
  failWhenRead(): void {
    if (this.#failure === undefined || this.#stream.readableLength > 0) return;
    process.nextTick(() => this.#stream.destroy(this.#failure));
  }

  /** Stops the generator and waits until it has cleaned up. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#chunks.return(undefined).catch(() => {
      // The stream is being destroyed, and has its error already.
    });
  }
}

class GeneratorReadable extends Readable {
  readonly #pull: Pull;

  constructor(generate: (context: GeneratorContext) => ChunkGenerator, signal?: AbortSignal) {
    super();
    this.#pull = new Pull(this, generate);
    destroyOn(signal, this);
  }

  override read(size?: number): Buffer | null {
    const chunk: Buffer | null = super.read(size);
    this.#pull.failWhenRead();
    return chunk;
  }

  override _read(): void {
    void this.#pull.pull();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    void this.#pull.stop().then(() => callback(error));
  }
}

class GeneratorDuplex extends Duplex {
  readonly #pull: Pull;
  readonly #input = new WrittenChunks();

  constructor(generate: Parameters<typeof duplexFrom>[0], signal?: AbortSignal) {
    super();
    this.#pull = new Pull(this, (context) => generate(this.#input, context));
    destroyOn(signal, this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#input.put(chunk, callback);
  }

  override _final(callback: () => void): void {
    this.#input.end();
    callback();
  }

  override read(size?: number): Buffer | null {
    const chunk: Buffer | null = super.read(size);
    this.#pull.failWhenRead();
    return chunk;
  }

  override _read(): void {
    void this.#pull.pull().then((ended) => {
      // Nothing reads the rest of the input: accept it, so that the writer is not blocked.
      if (ended) this.#input.discard();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#input.end();
    void this.#pull.stop().then(() => callback(error));
  }
}

/** Called last in a constructor: an aborted signal destroys the stream at once, which must be complete by then. */
function destroyOn(signal: AbortSignal | undefined, stream: Readable): void {
  if (signal) addAbortSignal(signal, stream);
}

/** Passes written chunks one at a time to an iterator: the write completes when the chunk is taken. */
class WrittenChunks implements AsyncIterator<Buffer, undefined> {
  #offered: { chunk: Buffer; taken: () => void } | undefined;
  #wanted: ((result: IteratorResult<Buffer, undefined>) => void) | undefined;
  #state: 'open' | 'ended' | 'discarding' = 'open';

  put(chunk: Buffer, taken: () => void): void {
    this.#offered = { chunk, taken };
    if (this.#state === 'discarding') this.discard();
    else this.#settle();
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended';
    this.#settle();
  }

  discard(): void {
    this.#state = 'discarding';
    this.#offered?.taken();
    this.#offered = undefined;
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.#settle();
    });
  }

  #settle(): void {
    const [wanted, offered] = [this.#wanted, this.#offered];
    if (!wanted || (!offered && this.#state === 'open')) return;
    this.#wanted = undefined;
    this.#offered = undefined;
    wanted(offered ? { value: offered.chunk, done: false } : { value: undefined, done: true });
    offered?.taken();
  }
}
