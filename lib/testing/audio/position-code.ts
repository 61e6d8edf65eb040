/**
 * How a sample of self-describing audio says where it stands. Samples come in blocks of eight, and each has 16 bits:
 *
 * | bits | what |
 * |---|---|
 * | 0–3 | a piece of the block's index, the lowest first; in the eighth sample a checksum of the seven pieces |
 * | 4–6 | which sample of the block it is |
 * | 7–15 | 0 in silence, so that it is quiet; in a sentence loud, with a piece of the sentence's number in two samples each |
 *
 * The index has 28 bits: 37 hours at 16 kHz. Any eight samples in a row tell the sentence, and any fifteen the
 * position. Numbers of sentences have 16 bits; 0 stands for silence.
 */
export const BLOCK = 8;
/** Samples that always hold one whole block. */
export const WHOLE_BLOCK: number = 2 * BLOCK - 1;

/** The lower bits, which tell the position. */
const POSITION_BITS = 7;
const POSITION_MASK = 2 ** POSITION_BITS - 1;

/** Writes the samples from a position on, all of one sentence. */
export function encode(target: Int16Array, position: number, sentence: number): void {
  const parts = Array.from({ length: BLOCK }, (_, phase) => loudness(sentence, phase) + phase * 16);
  const head = Math.min(target.length, (BLOCK - (position % BLOCK)) % BLOCK);
  const tail = target.length - ((target.length - head) % BLOCK);
  encodeSingly(target, 0, head, position, parts);
  const [p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = parts;
  // This loop is all the cost of rendering and hearing.
  for (let at = head, block = (position + head) / BLOCK; at < tail; at += BLOCK, block += 1) {
    target[at] = p0 + (block & 15);
    target[at + 1] = p1 + ((block >>> 4) & 15);
    target[at + 2] = p2 + ((block >>> 8) & 15);
    target[at + 3] = p3 + ((block >>> 12) & 15);
    target[at + 4] = p4 + ((block >>> 16) & 15);
    target[at + 5] = p5 + ((block >>> 20) & 15);
    target[at + 6] = p6 + ((block >>> 24) & 15);
    target[at + 7] = p7 + checksum(block);
  }
  encodeSingly(target, tail, target.length, position, parts);
}

/** The same for samples that make no whole block. */
function encodeSingly(
  target: Int16Array,
  from: number,
  to: number,
  position: number,
  parts: readonly number[],
): void {
  for (let at = from; at < to; at += 1) {
    const phase = (position + at) % BLOCK;
    const block = Math.floor((position + at) / BLOCK);
    const piece = phase === BLOCK - 1 ? checksum(block) : (block >>> (4 * phase)) & 15;
    target[at] = (parts[phase] ?? 0) + piece;
  }
}

/** Whether two samples say the same position, whatever the sentence. */
export function isSamePosition(one: number, other: number): boolean {
  return (one & POSITION_MASK) === (other & POSITION_MASK);
}

/** Reads the position of the first of {@link WHOLE_BLOCK} samples; undefined when they do not all agree on one. */
export function readPosition(samples: Int16Array): number | undefined {
  const start = samples.subarray(0, BLOCK).findIndex((sample) => ((sample >> 4) & 7) === 0);
  if (start < 0 || samples.length < start + BLOCK) return undefined;
  let block = 0;
  for (let phase = 0; phase < BLOCK - 1; phase += 1) {
    block += ((samples[start + phase] ?? 0) & 15) * 16 ** phase;
  }
  const position = block * BLOCK - start;
  if (position < 0) return undefined;
  const claimed = new Int16Array(start + BLOCK);
  encode(claimed, position, 0);
  return claimed.every((sample, at) => isSamePosition(sample, samples[at] ?? 0)) ? position : undefined;
}

/** Reads the number of the sentence from {@link BLOCK} samples of a known position; only right when all are of one. */
export function readSentence(samples: Int16Array, position: number): number {
  let number = 0;
  for (const [at, sample] of samples.entries()) {
    const phase = (position + at) % BLOCK;
    const loud = Math.abs(sample >> POSITION_BITS);
    if (loud > 0 && phase % 2 === 0) number += ((loud >> 3) & 15) * 16 ** (phase / 2);
  }
  return number;
}

/** All seven pieces of a block's index, folded into one. */
function checksum(block: number): number {
  let folded = block ^ (block >>> 16);
  folded ^= folded >>> 8;
  return (folded ^ (folded >>> 4)) & 15;
}

/** What the upper bits add: a square wave of a quarter of the block's rate, between half and full scale. */
function loudness(sentence: number, phase: number): number {
  if (sentence === 0) return 0;
  const size = 128 + ((sentence >>> (4 * Math.floor(phase / 2))) & 15) * 8;
  return (phase % 4 < 2 ? size : -size) * 2 ** POSITION_BITS;
}
