/** Samples in one window of the voice detector, at 16 kHz: 32 ms. */
export const WINDOW = 512;

/** A stretch of speech, in samples from the start of the stream; `end` is the first sample after it. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
}

/** Windows of speech in a row that make a beginning: shorter ones are clicks and coughs. */
const LEAST_SPEECH = 4;
/** Windows after which a segment is cut whatever happens (12 s): of longer ones the recogniser leaves parts out. */
const LONGEST = Math.floor((12 * 16_000) / WINDOW);
/** Windows over which loudness is averaged to find the place of a cut (0.1 s). */
const CUT_SPAN = 3;

/**
 * Turns the voice detector's word on each window into segments of speech. A segment ends with a silence; one that
 * becomes too long is cut at the quietest place of its second half, which is a breath or a pause when there is one.
 */
export class Segmenter {
  readonly #silence: number;
  #windows = 0;
  /** Windows of speech up to now, in a row. */
  #run = 0;
  /** First window of the open segment, when there is one. */
  #begin: number | undefined;
  /** Window after the last one with speech. */
  #end = 0;
  /** Loudness of each window of the open segment. */
  #loudness: number[] = [];

  /** @param silence Samples of silence that end a segment. */
  constructor(silence: number) {
    this.#silence = Math.max(1, Math.round(silence / WINDOW));
  }

  /** Takes one window in. @returns The segment that it ends, if it does. */
  feed(isSpeech: boolean, loudness: number): Segment | undefined {
    const window = this.#windows++;
    this.#run = isSpeech ? this.#run + 1 : 0;
    if (this.#begin === undefined) {
      if (this.#run >= LEAST_SPEECH) this.#open(window);
      return undefined;
    }
    this.#loudness.push(loudness);
    if (isSpeech) this.#end = this.#windows;
    if (this.#windows - this.#end >= this.#silence) return this.#close(this.#end);
    if (this.#windows - this.#begin >= LONGEST) return this.#cut();
    return undefined;
  }

  /** The segment that is still open, as far as it has come. */
  get open(): Segment | undefined {
    return this.#begin === undefined ? undefined : span(this.#begin, this.#end);
  }

  /** Sample up to which it is certain that nobody has begun to speak since the last segment. */
  get silentUntil(): number {
    return (this.#begin ?? Math.max(this.#end, this.#windows - this.#run - 1)) * WINDOW;
  }

  /** No more audio. @returns The segment that this ends, if there is one. */
  finish(): Segment | undefined {
    return this.#begin === undefined ? undefined : this.#close(this.#end);
  }

  #open(window: number): void {
    // The detector says so one window late.
    this.#begin = Math.max(this.#end, window - this.#run);
    this.#end = this.#windows;
    // No cut is made this early, so the loudness of these does not matter.
    this.#loudness = Array.from({ length: this.#windows - this.#begin }, () => Infinity);
  }

  #close(end: number): Segment {
    const segment = span(this.#begin ?? end, end);
    this.#begin = undefined;
    return segment;
  }

  #cut(): Segment {
    const begin = this.#begin ?? 0;
    const offset = quietest(this.#loudness, LONGEST >> 1);
    if (begin + offset >= this.#end) return this.#close(this.#end);
    this.#loudness.splice(0, offset);
    this.#begin = begin + offset;
    return span(begin, begin + offset);
  }
}

function span(begin: number, end: number): Segment {
  return { begin: begin * WINDOW, end: end * WINDOW };
}

/** Index, from `first` on, of the middle of the quietest few windows. */
function quietest(loudness: readonly number[], first: number): number {
  let best = first;
  let least = Infinity;
  for (let at = first; at + CUT_SPAN <= loudness.length; at += 1) {
    const sum = loudness.slice(at, at + CUT_SPAN).reduce((total, value) => total + value, 0);
    if (sum < least) [least, best] = [sum, at + (CUT_SPAN >> 1)];
  }
  return best;
}
