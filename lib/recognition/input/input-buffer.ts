import type { TimeSpan } from '../../core/errors.ts';
import type { Usage, WireSentence } from '../../protocol/messages/service-events.ts';
import { BEGINNING, type LastSentence, type Sentence } from '../../sentence.ts';
import { AudioRing } from './audio-ring.ts';
import { type OpenWords, Timeline } from './timeline.ts';

/** No codec that the service takes needs less than 4 kbit/s. */
const MIN_BYTES_PER_MS = 0.5;
/** A sentence that does not end within this time is not speech. */
const MAX_PCM_MS = 10 * 60 * 1000;
/** For encoded audio: as much as ten minutes of PCM at 16 kHz. */
const MAX_ENCODED_BYTES = 10 * 60 * 32_000;
const SAMPLE_BYTES = 2;
/** Audio is examined in pieces of 100 ms. */
const PIECE_MS = 100;

/** Options of an {@link InputBuffer}. */
export interface InputBufferOptions {
  /** Of raw PCM; undefined for encoded audio, whose bytes have no time of their own. */
  readonly pcmBytesPerMs: number | undefined;
  /** The sentence after which the input begins. @default the beginning */
  readonly after?: LastSentence | undefined;
  /** The buffer keeps this many bytes; beyond it the oldest are dropped. @default ten minutes of PCM, 19.2 MB encoded */
  readonly maxBytes?: number | undefined;
}

/** A chunk of the input that is sent to a task. */
export interface Chunk {
  readonly audio: Buffer;
  readonly ms: number;
  /** How much of it was sent to an earlier task already, in ms. */
  readonly resentMs: number;
}

/**
 * The input of one recognition, from its first byte that is not final. Positions are bytes from the start of the input:
 *
 *     start ≤ final    sent ≤ furthest ≤ end
 *
 * A task begins at `final` and increases `sent`. Final results of the task increase `final`, and release the audio before
 * it. When the buffer is full, the oldest audio is dropped, and `append` and `rewind` return which of it is lost.
 */
export class InputBuffer {
  readonly #bytesPerMs: number;
  readonly #maxBytes: number;
  readonly #unitBytes: number;
  /** Whether the bytes have a time of their own. */
  readonly isPcm: boolean;
  readonly #ring: AudioRing;
  readonly #timeline: Timeline;
  #final: number;
  #sent: number;
  #furthest: number;
  #answered: number;

  constructor({ pcmBytesPerMs, after = BEGINNING, maxBytes }: InputBufferOptions) {
    this.isPcm = pcmBytesPerMs !== undefined;
    this.#unitBytes = this.isPcm ? SAMPLE_BYTES : 1;
    this.#bytesPerMs = pcmBytesPerMs ?? MIN_BYTES_PER_MS;
    this.#maxBytes = maxBytes ?? (pcmBytesPerMs ? MAX_PCM_MS * pcmBytesPerMs : MAX_ENCODED_BYTES);
    this.#timeline = new Timeline(after);
    const begin = this.#toBytes(after.end_time);
    this.#ring = new AudioRing(begin, this.#unitBytes);
    [this.#final, this.#sent, this.#furthest, this.#answered] = [begin, begin, begin, begin];
  }

  /** Position of the first byte that is kept. */
  get start(): number {
    return this.#ring.start;
  }

  /** Position up to which the input is final. The next task begins here, or at `start` if that is later. */
  get final(): number {
    return this.#final;
  }

  /** Position up to which the current task was sent the input. */
  get sent(): number {
    return this.#sent;
  }

  /** Position up to which results of the current task, partial or final, cover the input. */
  get answered(): number {
    return this.#answered;
  }

  /** Position after the last byte of the input so far. */
  get end(): number {
    return this.#ring.end;
  }

  /** How many bytes the buffer keeps. */
  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** Bytes of one ms: of encoded audio the minimum. */
  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  /** The end of the audio that any task was sent, in ms; for encoded audio an upper bound. */
  get furthestMs(): number {
    return this.#furthest / this.#bytesPerMs;
  }

  /** How much the current task was sent that is not final yet, in ms. */
  get unconfirmedMs(): number {
    return Math.max(0, this.#sent - this.#final) / this.#bytesPerMs;
  }

  /** The part of the input that the current task was sent, in ms. */
  get taskSpan(): TimeSpan {
    return { beginMs: this.#timeline.taskStartMs, endMs: this.#sent / this.#bytesPerMs };
  }

  /** Whether some audio is not final, and long enough to be recognised. */
  get hasOpenAudio(): boolean {
    // A byte that does not complete a sample cannot be recognised.
    return this.end - this.start >= this.#unitBytes;
  }

  /** Whether the current task was sent everything so far. */
  get isAllSent(): boolean {
    return this.#sent >= this.end;
  }

  /** Whether audio was dropped that the current task should have been sent next: only another task can continue. */
  get hasLostUnsent(): boolean {
    return this.#sent < this.start;
  }

  /** Whether another task can continue: encoded audio must be sent from its first byte. */
  get isReplayable(): boolean {
    return this.isPcm || this.start === 0;
  }

  /** Appends a copy of audio. @returns The part of the input that was dropped before any task was sent it, in ms. */
  append(audio: Uint8Array): TimeSpan | undefined {
    this.#ring.append(audio);
    const from = Math.max(this.#sent, this.#final, this.start);
    this.#ring.release(this.end - this.#maxBytes);
    return this.#lost(from);
  }

  /**
   * A task has failed or has not started: the audio that it was sent is not final.
   * @returns The part of the input that the task was sent and that is dropped already, in ms: it cannot be sent again.
   */
  rewind(): TimeSpan | undefined {
    const to = Math.min(this.#sent, this.start);
    const isLost = this.isPcm && to > this.#final;
    const span = isLost ? this.#span(this.#final, to) : undefined;
    if (this.isPcm) this.#final = Math.max(this.#final, this.start);
    this.#sent = this.start;
    return span;
  }

  /** A task begins at the first byte that is not final, or at another position. */
  beginTask(position: number = this.start): void {
    // What was dropped before has been reported.
    if (this.isPcm) this.#final = Math.max(this.#final, this.start);
    this.#sent = position;
    this.#answered = position;
    this.#timeline.beginTask(position / this.#bytesPerMs);
  }

  /** Takes the next chunk for the current task. */
  take(maxBytes: number): Chunk {
    const from = this.#sent;
    const audio = this.#ring.read(from, maxBytes);
    const resent = Math.min(audio.length, Math.max(0, this.#furthest - from));
    this.#sent += audio.length;
    this.#furthest = Math.max(this.#furthest, this.#sent);
    return { audio, ms: audio.length / this.#bytesPerMs, resentMs: resent / this.#bytesPerMs };
  }

  /** Makes silence for the current task, which is not part of the input and moves no time. */
  insertSilence(ms: number): Buffer {
    this.#timeline.insert(this.#sent / this.#bytesPerMs, ms);
    return Buffer.alloc(ms * this.#bytesPerMs);
  }

  /** Places a result of the current task in the input, and releases audio that it makes final. Undefined for repeats and noise. */
  place(result: WireSentence, usage: Usage | null, requestId: string): Sentence | undefined {
    const position = { finalMs: this.finalMs, sentMs: this.#sent / this.#bytesPerMs };
    const placement = this.#timeline.place(result, usage, requestId, position);
    if (!placement) return undefined;
    const { sentence, finalMs, answeredMs } = placement;
    this.#answered = Math.max(this.#answered, answeredMs * this.#bytesPerMs);
    // A service cannot confirm audio that it was not sent.
    if (finalMs !== undefined) this.#confirm(Math.min(this.#toBytes(finalMs), this.#sent));
    return sentence;
  }

  /** The end of the final audio, in ms. */
  get finalMs(): number {
    return this.#final / this.#bytesPerMs;
  }

  /** The current task has finished: everything that it was sent is final. @returns The words that never became final. */
  finishTask(): OpenWords | undefined {
    const { openWords } = this.#timeline;
    this.#confirm(this.#sent);
    this.#ring.release(this.#sent);
    return openWords;
  }

  /** Nothing before a position is sent to any task any more, though no sentence covers it. @returns That part, in ms. */
  skipTo(position: number): TimeSpan | undefined {
    const from = this.#final;
    this.#ring.release(position);
    if (!this.isPcm || this.start <= from) return undefined;
    this.#final = this.start;
    return this.#span(from, this.start);
  }

  /** The audio between two positions, as far as it is kept, in pieces of 100 ms. */
  *pieces(from: number, to: number): Generator<Buffer> {
    const length = PIECE_MS * this.#bytesPerMs;
    for (let at = Math.max(from, this.start); at < to; ) {
      const audio = this.#ring.read(at, Math.min(length, to - at));
      yield audio;
      at += audio.length;
    }
  }

  #confirm(position: number): void {
    this.#final = Math.max(this.#final, Math.min(position, this.end));
    this.#answered = Math.max(this.#answered, this.#final);
    if (this.isPcm) this.#ring.release(this.#final);
  }

  #lost(from: number): TimeSpan | undefined {
    return this.isPcm && this.start > from ? this.#span(from, this.start) : undefined;
  }

  #span(from: number, to: number): TimeSpan {
    return { beginMs: Math.round(from / this.#bytesPerMs), endMs: Math.round(to / this.#bytesPerMs) };
  }

  /** A time as a position, in whole samples. */
  #toBytes(ms: number): number {
    return Math.floor((ms * this.#bytesPerMs) / this.#unitBytes) * this.#unitBytes;
  }
}
