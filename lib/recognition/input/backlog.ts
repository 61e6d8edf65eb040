import type { TimeSpan } from '../../core/errors.ts';
import { BEGINNING, type LastSentence, type Sentence } from '../../sentence.ts';
import { AudioRing } from './audio-ring.ts';
import { SILENCE_TIMEOUT_MS } from '../../protocol/limits.ts';
import { isLoud } from '../../media/loudness.ts';
import type { Usage, WireSentence } from '../../protocol/messages/service-events.ts';
import { Timeline } from './timeline.ts';

/** No codec that the service takes needs less than 4 kbit/s. */
const LEAST_BYTES_PER_MS = 0.5;
/** A sentence without an end for that long is not speech. */
const MAX_MS = 10 * 60 * 1000;
/** Of encoded audio: as much as ten minutes at 16 kHz. */
const MAX_BYTES = 10 * 60 * 32_000;
/** At this part of a limit a task is finished in the next pause, which makes all of its audio final. */
const FULL = 0.9;
/** At this part of a limit a task is finished also without a pause. */
const OVERFULL = 0.95;

/** Just under the service's silence timeout of 60 s. */
const LONG_SILENCE_MS = SILENCE_TIMEOUT_MS - 10_000;
/** The silence after which a task without heartbeat is finished is {@link FULL} of this. */
const SILENCE_LIMIT_MS = SILENCE_TIMEOUT_MS - 5000;
/** Audio whose loudness is measured as one value. */
const PIECE_MS = 100;
/** A pause in which a task may be finished without cutting a word. */
const PAUSE_MS = 300;
/** Speech begins quietly. */
const ONSET_MS = 1_000;

/** What a {@link Backlog} is made with. */
export interface BacklogOptions {
  /** Of raw PCM; undefined for encoded audio, whose bytes have no time of their own. */
  readonly pcmBytesPerMs: number | undefined;
  /** Behind which sentence the input begins. @default at the beginning of all */
  readonly after?: LastSentence | undefined;
  /** Past the limit this many bytes are kept, and the oldest go. @default ten minutes of PCM, 19.2 MB of encoded audio */
  readonly maxBytes?: number | undefined;
  /** Whether the service ends a task after a minute of silence: without heartbeat. @default false */
  readonly limitsSilence?: boolean | undefined;
}

/** A piece of the input on its way to a task. */
export interface Piece {
  readonly audio: Buffer;
  readonly ms: number;
  /** How much of it a task before was given, too, in ms. */
  readonly resentMs: number;
}

/** A part of the input, in ms. */
export interface Span {
  readonly beginMs: number;
  readonly endMs: number;
}

/**
 * The input of one recognition from its source to its text: what the present task has yet to be given, and what no final
 * sentence covers yet, which the next task would have to hear again. Bounded: past the limit the oldest goes.
 */
export class Backlog {
  readonly #bytesPerMs: number;
  readonly #maxBytes: number;
  /** Whether the bytes have a time of their own. */
  readonly isPcm: boolean;
  readonly #ring: AudioRing;
  readonly #timeline: Timeline;
  /** The greatest position that any task was given. */
  #furthest: number;
  #limitsSilence: boolean;

  constructor({ pcmBytesPerMs, after = BEGINNING, maxBytes, limitsSilence = false }: BacklogOptions) {
    this.#limitsSilence = limitsSilence;
    this.isPcm = pcmBytesPerMs !== undefined;
    this.#bytesPerMs = pcmBytesPerMs ?? LEAST_BYTES_PER_MS;
    this.#maxBytes = maxBytes ?? (pcmBytesPerMs ? MAX_MS * pcmBytesPerMs : MAX_BYTES);
    this.#timeline = new Timeline(this.#bytesPerMs, after);
    this.#furthest = Math.round((after.end_time * this.#bytesPerMs) / 2) * 2;
    this.#ring = new AudioRing(this.#furthest, this.isPcm ? 2 : 1);
  }

  /** Position after the last byte of the input, up to now. */
  get end(): number {
    return this.#ring.end;
  }

  /** Position up to which the input needs no task any more. */
  get start(): number {
    return this.#ring.start;
  }

  /** Position up to which the present task was given the input. */
  get handed(): number {
    return this.#timeline.handed;
  }

  /** Up to where any task was given the input, in ms; of encoded audio an upper bound. */
  get furthestMs(): number {
    return this.#furthest / this.#bytesPerMs;
  }

  /** What the present task was given and may still speak of, in ms. */
  get unconfirmedMs(): number {
    return this.#timeline.unconfirmedMs;
  }

  /** What the present task was given and the next one would have to hear again, in ms; of encoded audio an upper bound. */
  get againMs(): number {
    return Math.max(0, this.#timeline.handed - this.#ring.start) / this.#bytesPerMs;
  }

  /** Where in the input the present task begins and up to where it was given it. */
  get taskSpan(): Span {
    return { beginMs: this.#timeline.taskStartMs, endMs: this.#timeline.handedMs };
  }

  /** Whether some audio is still without a final sentence, and may get one. */
  get isOpen(): boolean {
    // Half a sample at the end is nothing that could be heard.
    return this.#ring.end - this.#ring.start > (this.isPcm ? 1 : 0);
  }

  /** Whether the present task was given all that there is. */
  get isHanded(): boolean {
    return this.#timeline.handed >= this.#ring.end;
  }

  /** Whether audio that the present task should have been given next is gone. */
  get isTorn(): boolean {
    return this.#timeline.handed < this.#ring.start;
  }

  /**
   * Whether the present task should be finished here: it was sent nearly as much audio without a final sentence as is
   * kept, or nearly as much without a result as the service allows, and the audio pauses or there is no time for a pause.
   */
  get isDue(): boolean {
    if (!this.isPcm || !this.#isPast(FULL)) return false;
    return this.#isPast(OVERFULL) || this.#isQuiet(this.handed - PAUSE_MS * this.#bytesPerMs, this.handed);
  }

  /** Whether the present task was sent no loud audio since its last final sentence, so that no result can be missing. */
  get isUnansweredQuiet(): boolean {
    return this.isPcm && this.#isQuiet(this.#ring.start, this.handed);
  }

  /** Whether no more audio may be taken before some is released. */
  get isPastLimit(): boolean {
    return this.#ring.end - this.#ring.start >= this.#maxBytes * FULL;
  }

  #isPast(part: number): boolean {
    const { handed, answered } = this.#timeline;
    return (
      handed - this.#ring.start >= this.#maxBytes * part ||
      (this.#limitsSilence && handed - answered >= SILENCE_LIMIT_MS * this.#bytesPerMs * part)
    );
  }

  /** Whether the audio between two positions is quiet: what was released of it counts as quiet. */
  #isQuiet(from: number, to: number): boolean {
    const piece = PIECE_MS * this.#bytesPerMs;
    for (let at = Math.max(from, this.#ring.start); at < to; ) {
      const audio = this.#ring.read(at, Math.min(piece, to - at));
      if (isLoud(audio)) return false;
      at += audio.length;
    }
    return true;
  }

  /** Whether another task could hear what is needed: encoded audio makes sense only from its beginning on. */
  get isReplayable(): boolean {
    return this.isPcm || this.#ring.start === 0;
  }

  /** From now on a task is finished before the service would end it for silence. */
  limitSilence(): void {
    this.#limitsSilence = true;
  }

  /** Takes audio of the source: a copy. */
  append(audio: Uint8Array): void {
    this.#ring.append(audio);
    this.#ring.release(this.#ring.end - this.#maxBytes);
  }

  /** A task begins, and is sent all that is not final. @param position Another place to begin at. */
  beginTask(position: number = this.#ring.start): void {
    this.#timeline.beginTask(position);
  }

  /** The next piece for the present task. */
  next(maxBytes: number): Piece {
    const { handed } = this.#timeline;
    const audio = this.#ring.read(handed, maxBytes);
    const resent = Math.min(audio.length, Math.max(0, this.#furthest - handed));
    this.#timeline.hand(audio.length);
    this.#furthest = Math.max(this.#furthest, this.#timeline.handed);
    return { audio, ms: audio.length / this.#bytesPerMs, resentMs: resent / this.#bytesPerMs };
  }

  /** So many bytes of silence that the present task is given though it is not in the input. */
  silence(ms: number): Buffer {
    this.#timeline.insert(ms);
    return Buffer.alloc(ms * this.#bytesPerMs);
  }

  /** Places a result of the present task in the input, and lets go what it makes final. */
  place(result: WireSentence, usage: Usage | null, requestId: string): Sentence | undefined {
    const sentence = this.#timeline.place(result, usage, requestId);
    if (this.isPcm) this.#ring.release(this.#timeline.final);
    return sentence;
  }

  /** The present task has finished: all that it was given is final. @returns Words that no final sentence has. */
  finishTask(): TimeSpan | undefined {
    const { openWords } = this.#timeline;
    this.#timeline.finishTask();
    this.#ring.release(this.#timeline.handed);
    return openWords;
  }

  /** The audio of the present task that is not final, piece by piece. */
  *unconfirmed(): Generator<Buffer> {
    const piece = PIECE_MS * this.#bytesPerMs;
    for (let at = this.#ring.start; at < this.handed; ) {
      const audio = this.#ring.read(at, Math.min(piece, this.handed - at));
      yield audio;
      at += audio.length;
    }
  }

  /** Gives up what lies before a position. */
  giveUp(position: number): void {
    this.#ring.release(position);
  }

  /**
   * The service has heard silence for too long: quiet audio that the present task was given first needs no other, and is
   * no loss. @returns Whether there was any.
   */
  skipSilence(): boolean {
    const piece = PIECE_MS * this.#bytesPerMs;
    const limit = Math.min(this.handed, this.#ring.start + LONG_SILENCE_MS * this.#bytesPerMs);
    let end = this.#ring.start;
    while (this.isPcm && end < limit && !isLoud(this.#ring.read(end, piece))) end += piece;
    const position = Math.min(end, limit) - ONSET_MS * this.#bytesPerMs;
    if (position <= this.#ring.start) return false;
    this.#timeline.skipTo(position);
    this.#ring.release(position);
    return true;
  }

  /** Takes note of what was let go before it was final: it is in no sentence. Undefined when nothing was. */
  takeLoss(): Span | undefined {
    const beginMs = Math.round(this.#timeline.finalMs);
    const endMs = Math.round(this.#ring.start / this.#bytesPerMs);
    if (!this.isPcm || endMs <= beginMs) return undefined;
    this.#timeline.skipTo(this.#ring.start);
    return { beginMs, endMs };
  }
}
