/**
 * The code in the samples of self-describing audio. Samples come in blocks of eight; each sample has 16 bits:
 *
 * | bits | content |
 * |---|---|
 * | 0–3 | four bits of the block's index, lowest first; in the eighth sample, a checksum of the other seven |
 * | 4–6 | index of the sample in its block |
 * | 7–15 | 0 in silence, which keeps it quiet; in a sentence a loud wave that carries four bits of the sentence's number in each pair of samples |
 *
 * The block index has 28 bits: 37 hours at 16 kHz. Any eight consecutive samples give the sentence, any fifteen the
 * position. Sentence numbers have 16 bits; 0 means silence.
 */
export const BLOCK_SAMPLES = 8;
/** Consecutive samples that always contain one complete block. */
export const SYNC_SAMPLES: number = 2 * BLOCK_SAMPLES - 1;

/** The lower bits, which contain the position. */
const POSITION_BITS = 7;
const POSITION_MASK = 2 ** POSITION_BITS - 1;

/** Writes samples from a position on, all of the same sentence. */
export function encodeSamples(target: Int16Array, position: number, sentence: number): void {
  const parts = Array.from({ length: BLOCK_SAMPLES }, (_, phase) => amplitude(sentence, phase) + phase * 16);
  const head = Math.min(target.length, (BLOCK_SAMPLES - (position % BLOCK_SAMPLES)) % BLOCK_SAMPLES);
  const tail = target.length - ((target.length - head) % BLOCK_SAMPLES);
  encodePartialBlock(target, 0, head, position, parts);
  const [p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = parts;
  // Unrolled: rendering and decoding spend nearly all their time here.
  for (let at = head, block = (position + head) / BLOCK_SAMPLES; at < tail; at += BLOCK_SAMPLES, block += 1) {
    target[at] = p0 + (block & 15);
    target[at + 1] = p1 + ((block >>> 4) & 15);
    target[at + 2] = p2 + ((block >>> 8) & 15);
    target[at + 3] = p3 + ((block >>> 12) & 15);
    target[at + 4] = p4 + ((block >>> 16) & 15);
    target[at + 5] = p5 + ((block >>> 20) & 15);
    target[at + 6] = p6 + ((block >>> 24) & 15);
    target[at + 7] = p7 + checksum(block);
  }
  encodePartialBlock(target, tail, target.length, position, parts);
}

/** Writes samples that do not fill a block. */
function encodePartialBlock(
  target: Int16Array,
  from: number,
  to: number,
  position: number,
  parts: readonly number[],
): void {
  for (let at = from; at < to; at += 1) {
    const phase = (position + at) % BLOCK_SAMPLES;
    const block = Math.floor((position + at) / BLOCK_SAMPLES);
    const bits = phase === BLOCK_SAMPLES - 1 ? checksum(block) : (block >>> (4 * phase)) & 15;
    target[at] = (parts[phase] ?? 0) + bits;
  }
}

/** Whether two samples contain the same position; the sentence is not compared. */
export function isSamePosition(one: number, other: number): boolean {
  return (one & POSITION_MASK) === (other & POSITION_MASK);
}

/** Reads the position of the first of {@link SYNC_SAMPLES} samples; returns undefined if they contradict each other. */
export function readPosition(samples: Int16Array): number | undefined {
  const start = samples.subarray(0, BLOCK_SAMPLES).findIndex((sample) => ((sample >> 4) & 7) === 0);
  if (start < 0 || samples.length < start + BLOCK_SAMPLES) return undefined;
  let block = 0;
  for (let phase = 0; phase < BLOCK_SAMPLES - 1; phase += 1) {
    block += ((samples[start + phase] ?? 0) & 15) * 16 ** phase;
  }
  const position = block * BLOCK_SAMPLES - start;
  if (position < 0) return undefined;
  const expected = new Int16Array(start + BLOCK_SAMPLES);
  encodeSamples(expected, position, 0);
  return expected.every((sample, at) => isSamePosition(sample, samples[at] ?? 0)) ? position : undefined;
}

/** Reads the sentence number from {@link BLOCK_SAMPLES} samples at a known position. All must be of the same sentence. */
export function readSentenceNumber(samples: Int16Array, position: number): number {
  let number = 0;
  for (const [at, sample] of samples.entries()) {
    const phase = (position + at) % BLOCK_SAMPLES;
    const level = Math.abs(sample >> POSITION_BITS);
    if (level > 0 && phase % 2 === 0) number += ((level >> 3) & 15) * 16 ** (phase / 2);
  }
  return number;
}

/** Folds the seven 4-bit parts of a block's index into 4 bits. */
function checksum(block: number): number {
  let folded = block ^ (block >>> 16);
  folded ^= folded >>> 8;
  return (folded ^ (folded >>> 4)) & 15;
}

/** The value of the upper bits: a square wave with two periods per block, between half and full scale. */
function amplitude(sentence: number, phase: number): number {
  if (sentence === 0) return 0;
  const level = 128 + ((sentence >>> (4 * Math.floor(phase / 2))) & 15) * 8;
  return (phase % 4 < 2 ? level : -level) * 2 ** POSITION_BITS;
}
