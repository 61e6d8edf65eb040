import type { Step } from '../core/stage.ts';

/** Drops a number of bytes from the beginning, however they are cut, and passes everything after them. */
export class Skip implements Step<Buffer, Buffer> {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  *feed(chunk: Buffer): Iterable<Buffer> {
    const dropped = Math.min(this.#left, chunk.length);
    this.#left -= dropped;
    if (dropped < chunk.length) yield chunk.subarray(dropped);
  }

  *end(): Iterable<Buffer> {}
}
