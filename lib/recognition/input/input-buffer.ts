import type { FunAsrError, TimeSpan } from '../../core/errors.ts';
import type { Usage, WireSentence } from '../../protocol/messages/service-events.ts';
import { BEGINNING, type LastSentence, type Sentence } from '../../sentence.ts';
import type { AudioFormat } from '../../media/audio-format.ts';
import { AudioRing } from './audio-ring.ts';
import type { InputFormat } from './input-format.ts';
import { OpusFormat } from './opus-format.ts';
import { MIN_BYTES_PER_MS, PlainFormat } from './plain-format.ts';
import { type OpenWords, Timeline } from './timeline.ts';

/** Audio is examined in pieces of 100 ms. */
const PIECE_MS = 100;

/** Options of an {@link InputBuffer}. */
export interface InputBufferOptions {
  /** Of raw PCM; undefined for encoded audio. */
  readonly pcmBytesPerMs: number | undefined;
  /** The format of encoded audio. Opus has packets with a time; the bytes of the others have none. */
  readonly format?: AudioFormat | undefined;
  /** The sentence after which the input begins. @default the beginning */
  readonly after?: LastSentence | undefined;
  /** The buffer keeps this many bytes; beyond it the oldest are dropped. @default ten minutes of PCM, 19.2 MB encoded */
  readonly maxBytes?: number | undefined;
}

/** Relates positions of the input to each other by time. */
export type InputTimes = Pick<InputBuffer, 'msBetween' | 'positionAfter'>;

/** A chunk of the input that is sent to a task. */
export interface Chunk {
  /** What the task is sent. */
  readonly audio: Buffer;
  readonly ms: number;
  /** How much of it was sent to an earlier task already, in ms. */
  readonly resentMs: number;
}

/**
 * The input of one recognition, from its first byte that is not final. Positions are bytes from the start of the input,
 * and its format knows their times:
 *
 *     start ≤ final    sent ≤ furthest ≤ end
 *
 * A task begins at `final` and increases `sent`. Final results of the task increase `final`, and release the audio
 * before it. When the buffer is full, the oldest audio is dropped, and `append` and `rewind` return which of it is
 * lost.
 */
export class InputBuffer {
  readonly #format: InputFormat;
  /** Bytes of one ms: of encoded audio the minimum. */
  readonly bytesPerMs: number;
  /** Whether the audio is PCM, in which speech can be distinguished from silence. */
  readonly isPcm: boolean;
  readonly #ring: AudioRing;
  readonly #timeline: Timeline;
  #final: number;
  /** Up to where the input is final, in ms: it may lie within the packet at `#final`. */
  #finalMs: number;
  #sent: number;
  #furthest: number;
  #answered: number;
  /** Where the audio of the current task begins, in ms. */
  #taskStartMs = 0;
  #hasSentNothing = true;
  #hasEnded = false;

  constructor({ pcmBytesPerMs, format, after = BEGINNING, maxBytes }: InputBufferOptions) {
    this.isPcm = pcmBytesPerMs !== undefined;
    this.bytesPerMs = pcmBytesPerMs ?? MIN_BYTES_PER_MS;
    this.#format =
      format === 'opus' ? new OpusFormat(after.end_time) : new PlainFormat(pcmBytesPerMs, maxBytes);
    this.#timeline = new Timeline(after);
    const begin = this.#format.positionAt(after.end_time);
    this.#finalMs = after.end_time;
    this.#ring = new AudioRing(begin);
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

  /** The end of the final audio, in ms. */
  get finalMs(): number {
    return this.#finalMs;
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

  /** Whether each position has a time, so that a task can begin in the middle: PCM, and Opus. */
  get isTimed(): boolean {
    return this.#format.isTimed;
  }

  /** How much the buffer keeps, in ms. */
  get maxMs(): number {
    return this.#format.maxMs;
  }

  /** Duration between two positions, in ms; for encoded audio without a time an upper bound. */
  msBetween(from: number, to: number): number {
    return this.#format.msAt(to) - this.#format.msAt(from);
  }

  /** The position some ms after another one. */
  positionAfter(from: number, ms: number): number {
    return this.#format.positionAt(this.#format.msAt(from) + ms);
  }

  /** The end of the audio that any task was sent, in ms; for encoded audio without a time an upper bound. */
  get furthestMs(): number {
    return this.#format.msAt(this.#furthest);
  }

  /** How much the current task was sent that is not final yet, in ms. */
  get unconfirmedMs(): number {
    return Math.max(0, this.msBetween(this.#final, this.#sent));
  }

  /** The part of the input that the current task was sent, in ms. */
  get taskSpan(): TimeSpan {
    return { beginMs: this.#timeline.taskStartMs, endMs: this.#format.msAt(this.#sent) };
  }

  /** Whether some audio is not final, and long enough to be recognised. */
  get hasOpenAudio(): boolean {
    // A byte that does not complete a sample cannot be recognised.
    return this.#format.floor(this.end) > this.start;
  }

  /** Whether the current task was sent everything so far. */
  get isAllSent(): boolean {
    return this.#sent >= this.end;
  }

  /** Whether audio was dropped that the current task should have been sent next: only another task can continue. */
  get hasLostUnsent(): boolean {
    return this.#sent < this.start;
  }

  /** Whether another task can continue: audio without times must be sent from its first byte. */
  get isReplayable(): boolean {
    return this.isTimed || this.start === 0;
  }

  /** Appends a copy of audio. @returns The part of the input that was dropped before any task was sent it, in ms. */
  append(audio: Uint8Array): TimeSpan | undefined {
    this.#ring.append(this.#format.unpack(audio));
    const from = Math.max(this.#sent, this.#final, this.start);
    const startMs = this.#format.msAt(this.end) - this.maxMs;
    if (startMs > this.#format.msAt(this.start)) this.#release(this.#format.positionAt(startMs));
    return this.#lost(from);
  }

  /** There is no more audio. @returns Warnings of what was lost in the input. */
  endInput(): readonly FunAsrError[] {
    this.#hasEnded = true;
    return this.#format.end();
  }

  /**
   * A task has failed or has not started: the audio that it was sent is not final.
   * @returns The part of the input that the task was sent and that is dropped already, in ms: it cannot be sent again.
   */
  rewind(): TimeSpan | undefined {
    const to = Math.min(this.#sent, this.start);
    const isLost = this.isTimed && to > this.#final;
    const span = isLost ? this.#span(this.#final, to) : undefined;
    this.#dropBeforeStart();
    this.#sent = this.start;
    return span;
  }

  /** A task begins at the first byte that is not final, or at the unit that another position lies in. */
  beginTask(at: number = this.start): void {
    // What was dropped before has been reported.
    this.#dropBeforeStart();
    const position = Math.max(this.start, this.#format.floor(at));
    this.#sent = position;
    this.#answered = position;
    const ms = this.#format.msAt(position);
    this.#taskStartMs = this.isTimed && position === this.start ? Math.max(ms, this.#finalMs) : ms;
    this.#timeline.beginTask(this.#taskStartMs);
    this.#hasSentNothing = true;
  }

  /** Takes the next chunk for the current task. @param maxBytes Of kept audio; a packet that is longer is taken whole. */
  take(maxBytes: number): Chunk {
    const from = this.#sent;
    const audio = this.#ring.readWhole(from, this.#format.reach(from, maxBytes));
    const to = from + audio.length;
    const resentMs = Math.max(0, this.msBetween(from, Math.min(to, this.#furthest)));
    this.#sent = to;
    this.#furthest = Math.max(this.#furthest, to);
    const isLast = this.#hasEnded && this.isAllSent;
    const startMs = this.#hasSentNothing ? this.#taskStartMs : undefined;
    const packed = this.#format.pack(audio, { from, to }, { startMs, isLast });
    this.#hasSentNothing = false;
    return { audio: packed, ms: this.msBetween(from, to), resentMs };
  }

  /** Makes silence for the current task, which is not part of the input and moves no time. */
  insertSilence(ms: number): Buffer {
    this.#timeline.insert(this.#format.msAt(this.#sent), ms);
    return Buffer.alloc(ms * this.bytesPerMs);
  }

  /**
   * Places a result of the current task in the input, and releases audio that it makes final. Undefined for repeats and
   * noise.
   */
  place(result: WireSentence, usage: Usage | null, requestId: string): Sentence | undefined {
    const position = { finalMs: this.finalMs, sentMs: this.#format.msAt(this.#sent) };
    const placement = this.#timeline.place(result, usage, requestId, position);
    if (!placement) return undefined;
    const { sentence, finalMs, answeredMs } = placement;
    this.#answered = Math.max(this.#answered, this.#format.positionAt(answeredMs));
    // A service cannot confirm audio that it was not sent.
    if (finalMs !== undefined) this.#confirm(Math.min(finalMs, position.sentMs));
    return sentence;
  }

  /** The current task has finished: everything that it was sent is final. @returns The words that never became final. */
  finishTask(): OpenWords | undefined {
    const { openWords } = this.#timeline;
    this.#confirm(this.#format.msAt(this.#sent));
    this.#release(this.#sent);
    return openWords;
  }

  /** Nothing before a position is sent to any task any more, though no sentence covers it. @returns That part, in ms. */
  skipTo(position: number): TimeSpan | undefined {
    const from = this.#final;
    this.#release(position);
    if (!this.isTimed || this.start <= from) return undefined;
    this.#dropBeforeStart();
    return this.#span(from, this.start);
  }

  /** The audio between two positions, as far as it is kept, in pieces of 100 ms. */
  *pieces(from: number, to: number): Generator<Buffer> {
    const length = PIECE_MS * this.bytesPerMs;
    for (let at = Math.max(from, this.start); at < to; ) {
      const audio = this.#ring.read(at, Math.min(length, to - at));
      yield audio;
      at += audio.length;
    }
  }

  /** What lies before the start is sent to no task any more. */
  #dropBeforeStart(): void {
    if (!this.isTimed || this.start <= this.#final) return;
    this.#final = this.start;
    this.#finalMs = this.#format.msAt(this.start);
  }

  #confirm(ms: number): void {
    this.#finalMs = Math.max(this.#finalMs, ms);
    this.#final = Math.max(this.#final, Math.min(this.#format.positionAt(ms), this.#sent));
    this.#answered = Math.max(this.#answered, this.#final);
    if (this.isTimed) this.#release(this.#final);
  }

  /** Releases what lies before a position, in whole units: half a sample would turn everything after it into noise. */
  #release(position: number): void {
    this.#ring.release(this.#format.floor(Math.min(position, this.end)));
    // Times before the start are still asked for, to report what was lost.
    this.#format.release(Math.min(this.#final, this.start));
  }

  #lost(from: number): TimeSpan | undefined {
    return this.isTimed && this.start > from ? this.#span(from, this.start) : undefined;
  }

  #span(from: number, to: number): TimeSpan {
    return { beginMs: Math.round(this.#format.msAt(from)), endMs: Math.round(this.#format.msAt(to)) };
  }
}
