import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { MAX_SEGMENT, type Segment, Segmenter } from './segmenter.ts';

/** Silence that ends a piece of speech (0.4 s). */
const PIECE_SILENCE = 0.4 * DEFAULT_SAMPLE_RATE;
/** Silence that ends a segment (0.8 s). A model finds fewer words in speech that it receives with longer pauses. */
const SEGMENT_SILENCE = 0.8 * DEFAULT_SAMPLE_RATE;
/** A segment of this length ends with its piece (5 s): more words around a word do not help. */
const LONG_SEGMENT = 5 * DEFAULT_SAMPLE_RATE;

/**
 * Makes segments of one or more pieces of speech with short pauses between them. A model needs some words before and
 * after a word to recognise it: alone, pieces of one or two words are often wrong.
 */
export class SegmentJoiner {
  readonly #pieces: Segmenter;
  readonly #silence: number;
  /** The pieces that are complete and may be continued. */
  #joined: Segment | undefined;

  /** @param silence Samples of silence that end a sentence. Pieces of two sentences are not joined. */
  constructor(silence: number) {
    this.#pieces = new Segmenter(Math.min(PIECE_SILENCE, silence));
    this.#silence = Math.min(SEGMENT_SILENCE, silence);
  }

  /** Processes one window. @returns The segment that it ends, if any. */
  feed(isSpeech: boolean, energy: number): Segment | undefined {
    const piece = this.#pieces.feed(isSpeech, energy);
    const ended = piece && this.#add(piece);
    if (ended || !this.#joined || !this.#isComplete(this.#joined)) return ended;
    return this.#take();
  }

  /** The open segment so far. */
  get open(): Segment | undefined {
    const { open } = this.#pieces;
    return this.#joined && open ? join(this.#joined, open) : (this.#joined ?? open);
  }

  /** Sample up to which there is certainly no speech since the last segment. */
  get silentUntil(): number {
    return this.#joined?.begin ?? this.#pieces.silentUntil;
  }

  /** Ends the audio. @returns The segments that this ends. */
  finish(): Segment[] {
    const piece = this.#pieces.finish();
    return [piece && this.#add(piece), this.#take()].filter((segment) => segment !== undefined);
  }

  /** Adds a piece. @returns The segment before it, if both together are too long. */
  #add(piece: Segment): Segment | undefined {
    const before = this.#joined;
    const fits = before !== undefined && piece.end - before.begin <= MAX_SEGMENT;
    this.#joined = fits ? join(before, piece) : piece;
    return fits ? undefined : before;
  }

  #isComplete({ begin, end }: Segment): boolean {
    const { open, silentUntil } = this.#pieces;
    if (open && open.end - begin > MAX_SEGMENT) return true;
    return end - begin >= LONG_SEGMENT || silentUntil - end >= this.#silence;
  }

  #take(): Segment | undefined {
    const segment = this.#joined;
    this.#joined = undefined;
    return segment;
  }
}

function join(one: Segment, other: Segment): Segment {
  // Nothing is between the two parts of a piece that was cut.
  const pauses = one.end === other.begin ? [] : [{ begin: one.end, end: other.begin }];
  return { begin: one.begin, end: other.end, pauses: [...(one.pauses ?? []), ...pauses] };
}

/** The pieces of speech of a segment: the parts between its pauses. */
export function piecesOf({ begin, end, pauses = [] }: Segment): Segment[] {
  const begins = [begin, ...pauses.map((pause) => pause.end)];
  const ends = [...pauses.map((pause) => pause.begin), end];
  return begins.map((at, index) => ({ begin: at, end: ends[index] ?? end }));
}
