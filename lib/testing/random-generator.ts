/**
 * A small generator of pseudo-random numbers (mulberry32 by Tommy Ettinger, public domain): the same seed gives the
 * same numbers on every machine, which `Math.random` cannot.
 * @param seed Any number; its lower 32 bits count.
 * @returns A function that gives the next number, from 0 up to but not including 1.
 */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws from a generator. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = mulberry32(seed);
  }

  /** An integer within a range, both ends included. */
  integer(least: number, greatest: number): number {
    return least + Math.floor(this.#next() * (greatest - least + 1));
  }

  /** True with a probability from 0 to 1. */
  isHit(probability: number): boolean {
    return this.#next() < probability;
  }

  /** One of some items, of which there must be one. */
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.integer(0, items.length - 1)] ?? items[0];
  }
}
