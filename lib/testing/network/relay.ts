import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

/** How many bytes the fault `slice` affects. */
const SLICED_BYTES = 4096;
/** Bytes in transit. At this limit the relay stops reading, and the sender gets back pressure as from a real network. */
const MAX_BUFFERED_BYTES = 64 * 1024;

interface Chunk {
  readonly bytes: Buffer;
  /** When it may be delivered, by `performance.now()`. */
  readonly dueAt: number;
}

/** Forwards one direction of a proxied connection: reads from one socket and writes to another, in order. */
export class Relay {
  latencyMs = 0;
  /** Delay before the close of the sender is passed on. */
  closeDelayMs = 0;
  bytesPerSecond: number = Infinity;
  /** Whether to flip one bit of the next byte. */
  isCorrupt = false;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #queue: Chunk[] = [];
  #bufferedBytes = 0;
  #sliceBytes = 0;
  #slicedBytes = 0;
  #isBlocked = false;
  #wake = (): void => {};

  /** @param transform Called with each chunk; returns the bytes to forward. */
  constructor(from: Socket, to: Socket, transform: (bytes: Buffer) => Buffer) {
    this.#from = from;
    this.#to = to;
    to.setNoDelay(true);
    from.on('data', (bytes: Buffer) => this.#enqueue(transform(bytes)));
    from.once('close', () => this.#wake());
    void this.#run();
  }

  /** Delivers the next bytes in pieces of this size. */
  slice(pieceBytes: number): void {
    this.#sliceBytes = pieceBytes;
    this.#slicedBytes = SLICED_BYTES;
  }

  /** Stops forwarding permanently and keeps both sockets open. */
  block(): void {
    this.#isBlocked = true;
    this.#from.pause();
  }

  #enqueue(bytes: Buffer): void {
    this.#queue.push({ bytes, dueAt: performance.now() + this.latencyMs });
    this.#bufferedBytes += bytes.length;
    if (this.#bufferedBytes > MAX_BUFFERED_BYTES) this.#from.pause();
    this.#wake();
  }

  async #run(): Promise<void> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk) await this.#deliver(chunk);
      else if (this.#from.destroyed) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    await wait(this.closeDelayMs + this.latencyMs);
    if (!this.#isBlocked) this.#to.destroySoon();
  }

  async #deliver({ bytes, dueAt }: Chunk): Promise<void> {
    const earlyMs = dueAt - performance.now();
    if (earlyMs > 0) await wait(earlyMs);
    for (let at = 0; at < bytes.length; ) {
      const isSliced = this.#slicedBytes > 0;
      const piece = bytes.subarray(at, isSliced ? at + this.#sliceBytes : undefined);
      at += piece.length;
      this.#slicedBytes -= isSliced ? piece.length : 0;
      await this.#write(piece);
      // Gives the receiver a chance to read this piece alone.
      if (isSliced) await nextTurn();
    }
    this.#bufferedBytes -= bytes.length;
    if (!this.#isBlocked && this.#bufferedBytes <= MAX_BUFFERED_BYTES) this.#from.resume();
  }

  async #write(piece: Buffer): Promise<void> {
    if (this.#isBlocked || this.#to.destroyed) return;
    if (this.isCorrupt) {
      this.isCorrupt = false;
      piece[0] = (piece[0] ?? 0) ^ 1;
    }
    // The callback runs too when the socket is destroyed.
    await new Promise<void>((resolve) => this.#to.write(piece, () => resolve()));
    const ms = (piece.length / this.bytesPerSecond) * 1000;
    if (ms >= 1) await wait(ms);
  }
}
