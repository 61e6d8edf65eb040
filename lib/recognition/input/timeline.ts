import type { TimeSpan } from '../../core/errors.ts';
import { BEGINNING, type LastSentence, type Sentence, type Word } from '../../sentence.ts';
import type { Usage, WireSentence } from '../../protocol/messages/service-events.ts';

/** Two reports of one sentence may differ by this much at the end. */
const SAME_END_MS = 20;

/** Silence that a task was given and that is not in the input: where in the input, and how much, in ms. */
interface Insertion {
  readonly atMs: number;
  ms: number;
}

/**
 * Where every sentence lies in the whole input. A task counts its times from its own first sample; the timeline
 * knows which sample of the input that was, by counting what was handed over, never by a clock.
 */
export class Timeline {
  readonly #bytesPerMs: number;
  /** Where the audio of the current task begins, in ms. */
  #taskStartMs = 0;
  /** Up to where the current task was given the input, in bytes. */
  #handed = 0;
  #insertions: Insertion[] = [];
  /** Up to where the input is final: the end of the last final sentence. */
  #finalMs: number;
  #finals: number;
  /** The service's own number of the last final sentence of this task. */
  #lastWireId = 0;
  /** Up to where results of the current task, partial or final, cover the input, in ms. */
  #answeredMs = 0;
  /** The words of the last partial result, which no final result has replaced yet. */
  #openWords: TimeSpan | undefined;

  /**
   * @param bytesPerMs Of raw PCM; of encoded audio the least that it can be, so that times are upper bounds.
   * @param after Behind which sentence the input begins.
   */
  constructor(bytesPerMs: number, after: LastSentence = BEGINNING) {
    this.#bytesPerMs = bytesPerMs;
    this.#finalMs = after.end_time;
    this.#finals = after.sentence_id;
  }

  /** Up to where the current task was given the input, in bytes. */
  get handed(): number {
    return this.#handed;
  }

  /** Where the audio of the current task begins, in ms. */
  get taskStartMs(): number {
    return this.#taskStartMs;
  }

  /** Up to where the current task was given the input, in ms. */
  get handedMs(): number {
    return this.#handed / this.#bytesPerMs;
  }

  /** Up to where the input is final, in ms. */
  get finalMs(): number {
    return this.#finalMs;
  }

  /** Up to where results of the current task, partial or final, cover the input, in bytes. */
  get answered(): number {
    return Math.max(this.#answeredMs, this.#finalMs) * this.#bytesPerMs;
  }

  /** Where the words of the last partial result lie that no final result has replaced; undefined when there are none. */
  get openWords(): TimeSpan | undefined {
    return this.#openWords;
  }

  /** Up to where the input is final, in bytes. A sample is two bytes: half of one would turn all that follows into noise. */
  get final(): number {
    return Math.floor((this.#finalMs * this.#bytesPerMs) / 2) * 2;
  }

  /** Audio of the current task that no final sentence covers yet, in ms. */
  get unconfirmedMs(): number {
    return Math.max(0, this.handedMs - this.#finalMs);
  }

  /** A task begins, and hears the input from a position on, in bytes. */
  beginTask(position: number): void {
    this.#lastWireId = 0;
    this.#insertions = [];
    this.#handed = position;
    this.#taskStartMs = Math.round(this.handedMs);
    this.#answeredMs = this.handedMs;
    this.#openWords = undefined;
  }

  /** Audio is being given to the task. */
  hand(bytes: number): void {
    this.#handed += bytes;
  }

  /** Silence is being given to the task though it is not in the input. */
  insert(ms: number): void {
    const last = this.#insertions.at(-1);
    if (last?.atMs === this.handedMs) last.ms += ms;
    else this.#insertions.push({ atMs: this.handedMs, ms });
  }

  /** All that the task was given is final: it has finished, and holds nothing back any more. */
  finishTask(): void {
    this.#finalMs = Math.max(this.#finalMs, this.handedMs);
  }

  /** Nothing will be said about the input up to a position, in bytes: nobody could recognise it. */
  skipTo(position: number): void {
    this.#finalMs = Math.max(this.#finalMs, position / this.#bytesPerMs);
  }

  /**
   * Places a result of the current task: times from the start of the input, numbers over all tasks. Undefined
   * for what repeats a sentence that is final already, judged by number and time, never by text: two people
   * may say "yes". Undefined for an empty final sentence, too, unless the service marks it as speech that it did not
   * recognise: that one is returned with its empty text, and takes no number.
   */
  place(wire: WireSentence, usage: Usage | null, requestId: string): Sentence | undefined {
    const beginMs = wire.begin_time ?? wire.words[0]?.begin_time;
    const begin = beginMs === undefined ? Math.round(this.#finalMs) : this.#inInput(beginMs);
    const said = this.#saidEnd(wire, begin);
    // A final sentence has an end, even when nothing tells which: that of all audio.
    const end = said ?? (wire.sentence_end ? Math.max(begin, Math.round(this.handedMs)) : null);
    if (this.#isRepeat(wire, begin, end)) return undefined;
    this.#noteAnswer(wire, begin);
    // An estimated end never releases audio.
    if (wire.sentence_end) this.#confirm(said ?? begin, wire.sentence_id);
    const isEmptyFinal = wire.sentence_end && wire.text === '';
    // An empty final sentence was noise, unless it is marked.
    if (isEmptyFinal && wire.unrecognized !== true) return undefined;
    const sentence_id = this.#finals + 1;
    if (wire.sentence_end && !isEmptyFinal) this.#finals = sentence_id;
    return {
      ...wire,
      sentence_id,
      begin_time: begin,
      end_time: end,
      words: wire.words.map((word) => this.#placeWord(word)),
      request_id: requestId,
      ...(usage && { usage }),
    };
  }

  #noteAnswer({ sentence_end, text, words }: WireSentence, begin: number): void {
    const lastWord = words.at(-1);
    const endMs = Math.min(lastWord ? this.#inInput(lastWord.end_time) : begin, this.handedMs);
    this.#answeredMs = Math.max(this.#answeredMs, endMs);
    this.#openWords =
      sentence_end || text === ''
        ? undefined
        : { beginMs: begin, endMs: Math.round(lastWord ? Math.max(begin, endMs) : this.handedMs) };
  }

  /** The end by what the service says: that of the sentence, or that of the last word of a final one. */
  #saidEnd({ end_time, sentence_end, words }: WireSentence, begin: number): number | undefined {
    const ms = end_time ?? (sentence_end ? words.at(-1)?.end_time : undefined);
    return ms === undefined ? undefined : Math.max(begin, this.#inInput(ms));
  }

  /** A time of the task in ms of the input: what was inserted does not count, and is one moment of it. */
  #inInput(taskMs: number): number {
    let ms = this.#taskStartMs + taskMs;
    for (const { atMs, ms: inserted } of this.#insertions) {
      if (ms <= atMs) break;
      ms = Math.max(atMs, ms - inserted);
    }
    return Math.round(ms);
  }

  #isRepeat(wire: WireSentence, begin: number, end: number | null): boolean {
    // Within a task the service's own number decides; only a new task may say again what the last one has said.
    if (wire.sentence_id !== undefined && this.#lastWireId > 0) return wire.sentence_id <= this.#lastWireId;
    if (end === null) return begin < this.#finalMs - SAME_END_MS;
    const overlap = Math.min(end, this.#finalMs) - begin;
    return this.#finalMs > 0 && (end <= this.#finalMs + SAME_END_MS || overlap * 2 > end - begin);
  }

  #placeWord(word: Word): Word {
    return { ...word, begin_time: this.#inInput(word.begin_time), end_time: this.#inInput(word.end_time) };
  }

  #confirm(endMs: number, wireId: number | undefined): void {
    this.#lastWireId = wireId ?? this.#lastWireId;
    // A service cannot confirm audio that it never got.
    this.#finalMs = Math.max(this.#finalMs, Math.min(endMs, this.handedMs));
  }
}
