import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { WINDOW } from '../runtime/voice-activity.ts';

/** A part of the audio with speech, in samples from the start of the stream. */
export interface Segment extends Span {
  /** The pauses in it that separate pieces of speech. @default none */
  readonly pauses?: readonly Span[] | undefined;
}

/** A part of the audio, in samples. `end` is the first sample after it. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Windows of speech in a row that begin a segment. Fewer are clicks and coughs. */
const MIN_SPEECH_WINDOWS = 4;
/** Samples after which a segment is cut (12 s). The speech model leaves out parts of longer ones. */
export const MAX_SEGMENT: number = 12 * DEFAULT_SAMPLE_RATE;
const MAX_WINDOWS = Math.floor(MAX_SEGMENT / WINDOW);
/** Windows over which energy is averaged to find the position of a cut (0.1 s). */
const CUT_WINDOWS = 3;

/**
 * Makes segments from the decisions of the voice detector. A segment ends with silence. One that becomes too long is cut
 * at the quietest position of its second half, which is usually a breath or a pause.
 */
export class Segmenter {
  readonly #silence: number;
  #windows = 0;
  /** Windows of speech in a row, up to the last window. */
  #run = 0;
  /** First window of the open segment, if one is open. */
  #begin: number | undefined;
  /** Window after the last one with speech. */
  #end = 0;
  /** Energy of each window of the open segment. */
  #energies: number[] = [];

  /** @param silence Samples of silence that end a segment. */
  constructor(silence: number) {
    this.#silence = Math.max(1, Math.round(silence / WINDOW));
  }

  /** Processes one window. @returns The segment that it ends, if any. */
  feed(isSpeech: boolean, energy: number): Segment | undefined {
    const window = this.#windows++;
    this.#run = isSpeech ? this.#run + 1 : 0;
    if (this.#begin === undefined) {
      if (this.#run >= MIN_SPEECH_WINDOWS) this.#open(window);
      return undefined;
    }
    this.#energies.push(energy);
    if (isSpeech) this.#end = this.#windows;
    if (this.#windows - this.#end >= this.#silence) return this.#close(this.#end);
    if (this.#windows - this.#begin >= MAX_WINDOWS) return this.#cut();
    return undefined;
  }

  /** The open segment so far. */
  get open(): Segment | undefined {
    return this.#begin === undefined ? undefined : span(this.#begin, this.#end);
  }

  /** Sample up to which there is certainly no speech since the last segment. */
  get silentUntil(): number {
    return (this.#begin ?? Math.max(this.#end, this.#windows - this.#run - 1)) * WINDOW;
  }

  /** Ends the audio. @returns The segment that this ends, if any. */
  finish(): Segment | undefined {
    return this.#begin === undefined ? undefined : this.#close(this.#end);
  }

  #open(window: number): void {
    // The detector reports speech one window late.
    this.#begin = Math.max(this.#end, window - this.#run);
    this.#end = this.#windows;
    // No cut is made this early: the energy of these windows does not matter.
    this.#energies = Array.from({ length: this.#windows - this.#begin }, () => Infinity);
  }

  #close(end: number): Segment {
    const segment = span(this.#begin ?? end, end);
    this.#begin = undefined;
    return segment;
  }

  #cut(): Segment {
    const begin = this.#begin ?? 0;
    const offset = quietest(this.#energies, MAX_WINDOWS >> 1);
    if (begin + offset >= this.#end) return this.#close(this.#end);
    this.#energies.splice(0, offset);
    this.#begin = begin + offset;
    return span(begin, begin + offset);
  }
}

function span(begin: number, end: number): Segment {
  return { begin: begin * WINDOW, end: end * WINDOW };
}

/** Index of the middle of the quietest windows, from `first` on. */
function quietest(energies: readonly number[], first: number): number {
  let best = first;
  let least = Infinity;
  for (let at = first; at + CUT_WINDOWS <= energies.length; at += 1) {
    const sum = energies.slice(at, at + CUT_WINDOWS).reduce((total, value) => total + value, 0);
    if (sum < least) [least, best] = [sum, at + (CUT_WINDOWS >> 1)];
  }
  return best;
}
