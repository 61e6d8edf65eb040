import { addAbortSignal, Duplex, Readable } from 'node:stream';
import type { FunAsrError } from '../../core/errors.ts';

/** What a source may do beside giving bytes. */
export interface SourceContext {
  /** Aborted when the stream is destroyed. */
  readonly signal: AbortSignal;
  /** Reports a loss that is not a failure, as a `warning` event of the stream. */
  readonly warn: (warning: FunAsrError) => void;
}

/** Makes bytes, one chunk each time the reader has room, and cleans up in its `finally`. */
export type Source = (context: SourceContext) => AsyncGenerator<Buffer, void, void>;

/** A Readable whose bytes are pulled out of a {@link Source}. */
export function readableFrom(source: Source, signal?: AbortSignal): Readable {
  return new PulledReadable(source, signal);
}

/** A Duplex whose readable side is pulled out of a {@link Source} that is given the writable side. */
export function duplexFrom(
  source: (input: AsyncIterator<Buffer, undefined>, context: SourceContext) => ReturnType<Source>,
  signal?: AbortSignal,
): Duplex {
  return new PulledDuplex(source, signal);
}

/** Moves chunks from a generator into the readable side of a stream. */
class Pull {
  readonly #stream: Readable;
  readonly #chunks: ReturnType<Source>;
  readonly #abort = new AbortController();
  #isPulling = false;
  #failure: Error | undefined;

  constructor(stream: Readable, source: Source) {
    this.#stream = stream;
    this.#chunks = source({
      signal: this.#abort.signal,
      warn: (warning) => void stream.emit('warning', warning),
    });
  }

  /** Pulls until the stream has enough. Resolves true when there is no more to come. */
  async pull(): Promise<boolean> {
    // A generator that has thrown would say that it is done: the failure would pass for an end.
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

  /** Lets the stream fail once its buffer is read: destroying it drops what was made before the failure. */
  failWhenRead(): void {
    if (this.#failure === undefined || this.#stream.readableLength > 0) return;
    process.nextTick(() => this.#stream.destroy(this.#failure));
  }

  /** Stops the generator and waits until it has cleaned up. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#chunks.return().catch(() => {
      // The stream is being destroyed, and has its error already.
    });
  }
}

class PulledReadable extends Readable {
  readonly #pull: Pull;

  constructor(source: Source, signal?: AbortSignal) {
    super();
    this.#pull = new Pull(this, source);
    listenTo(signal, this);
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

class PulledDuplex extends Duplex {
  readonly #pull: Pull;
  readonly #input = new Handover();

  constructor(source: Parameters<typeof duplexFrom>[0], signal?: AbortSignal) {
    super();
    this.#pull = new Pull(this, (context) => source(this.#input, context));
    listenTo(signal, this);
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
      // Whatever is still written has no reader any more, and must not block its writer.
      if (ended) this.#input.discard();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#input.end();
    void this.#pull.stop().then(() => callback(error));
  }
}

/** Last of all: a signal that is aborted already destroys the stream at once, which must be whole by then. */
function listenTo(signal: AbortSignal | undefined, stream: Readable): void {
  if (signal) addAbortSignal(signal, stream);
}

/** Hands one written chunk at a time over to whoever iterates: the writer goes on when it was taken. */
class Handover implements AsyncIterator<Buffer, undefined> {
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
