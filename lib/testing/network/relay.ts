import type { Socket } from 'node:net';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';

/** How many bytes a slice fault cuts. */
const SLICED_BYTES = 4096;
/** What may be on its way at a time: then the sender has to wait, as it would for a network. */
const MAX_BYTES = 64 * 1024;

interface Parcel {
  readonly bytes: Buffer;
  /** When it may arrive, by `performance.now()`. */
  readonly dueAt: number;
}

/** One direction of a connection through a proxy: what comes out of one socket goes into another, in its order. */
export class Lane {
  latencyMs = 0;
  /** How much later the end of the sender is told. */
  closeMs = 0;
  bytesPerSecond: number = Infinity;
  /** The next byte arrives with a wrong bit. */
  isCorrupt = false;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #parcels: Parcel[] = [];
  #bytes = 0;
  #sliceBytes = 0;
  #slicedBytes = 0;
  #isDead = false;
  #wake = (): void => {};

  /** @param pass Gives what goes on of all that comes. */
  constructor(from: Socket, to: Socket, pass: (bytes: Buffer) => Buffer) {
    this.#from = from;
    this.#to = to;
    to.setNoDelay(true);
    from.on('data', (bytes: Buffer) => this.#accept(pass(bytes)));
    from.once('close', () => this.#wake());
    void this.#run();
  }

  /** The next bytes arrive in pieces. */
  slice(pieceBytes: number): void {
    this.#sliceBytes = pieceBytes;
    this.#slicedBytes = SLICED_BYTES;
  }

  /** Nothing goes through any more, and nobody is told. */
  block(): void {
    this.#isDead = true;
    this.#from.pause();
  }

  #accept(bytes: Buffer): void {
    this.#parcels.push({ bytes, dueAt: performance.now() + this.latencyMs });
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_BYTES) this.#from.pause();
    this.#wake();
  }

  async #run(): Promise<void> {
    for (;;) {
      const parcel = this.#parcels.shift();
      if (parcel) await this.#deliver(parcel);
      else if (this.#from.destroyed) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    await wait(this.closeMs + this.latencyMs);
    if (!this.#isDead) this.#to.destroySoon();
  }

  async #deliver({ bytes, dueAt }: Parcel): Promise<void> {
    const early = dueAt - performance.now();
    if (early > 0) await wait(early);
    for (let at = 0; at < bytes.length; ) {
      const isSliced = this.#slicedBytes > 0;
      const piece = bytes.subarray(at, isSliced ? at + this.#sliceBytes : undefined);
      at += piece.length;
      this.#slicedBytes -= isSliced ? piece.length : 0;
      await this.#send(piece);
      // Else the other side would read many at once.
      if (isSliced) await turn();
    }
    this.#bytes -= bytes.length;
    if (!this.#isDead && this.#bytes <= MAX_BYTES) this.#from.resume();
  }

  async #send(piece: Buffer): Promise<void> {
    if (this.#isDead || this.#to.destroyed) return;
    if (this.isCorrupt) {
      this.isCorrupt = false;
      piece[0] = (piece[0] ?? 0) ^ 1;
    }
    // Also called when the socket is destroyed.
    await new Promise<void>((resolve) => this.#to.write(piece, () => resolve()));
    const ms = (piece.length / this.bytesPerSecond) * 1000;
    if (ms >= 1) await wait(ms);
  }
}
