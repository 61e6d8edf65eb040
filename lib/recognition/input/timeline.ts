import type { TimeSpan } from '../../core/errors.ts';
import type { Usage, WireSentence } from '../../protocol/messages/service-events.ts';
import { BEGINNING, type LastSentence, type Sentence, type Word } from '../../sentence.ts';

/** Two results for one sentence may differ by this much at the end. */
const SAME_END_MS = 20;

/** Silence that a task was sent and that is not part of the input: where in the input, and how much, in ms. */
interface Insertion {
  readonly atMs: number;
  ms: number;
}

/** Positions in the input, in ms. */
export interface InputPosition {
  /** The end of the final audio. */
  readonly finalMs: number;
  /** The end of the audio that the current task was sent. */
  readonly sentMs: number;
}

/** A result in the time of the input. */
export interface Placement {
  /**
   * Undefined for an empty final sentence, which was noise. An empty final sentence that the service marks as not
   * recognised is returned, with its empty text and without a number of its own.
   */
  readonly sentence: Sentence | undefined;
  /** The end of the audio that the result makes final, in ms; undefined for a partial one. */
  readonly finalMs: number | undefined;
  /** The end of the audio that the result covers, in ms. */
  readonly answeredMs: number;
}

/** Words of a partial result that no final result has replaced, and where they are, in ms of the input. */
export interface OpenWords extends TimeSpan {
  readonly text: string;
}

/**
 * Converts the times of tasks to times of the whole input. A task counts from its own first sample. Where that lies in
 * the input is known from the number of bytes sent, never from a clock.
 */
export class Timeline {
  /** Where the audio of the current task begins, in ms. */
  #taskStartMs = 0;
  #insertions: Insertion[] = [];
  /** Number of the last final sentence. */
  #finals: number;
  /** The service's own number of the last final sentence of this task. */
  #lastWireId = 0;
  #openWords: OpenWords | undefined;

  /** @param after The sentence after which the input begins. */
  constructor(after: LastSentence = BEGINNING) {
    this.#finals = after.sentence_id;
  }

  /** Where the audio of the current task begins, in ms. */
  get taskStartMs(): number {
    return this.#taskStartMs;
  }

  /** The words of the last partial result while no final result has replaced them; undefined if there are none. */
  get openWords(): OpenWords | undefined {
    return this.#openWords;
  }

  /** A task begins at a time of the input. */
  beginTask(startMs: number): void {
    this.#lastWireId = 0;
    this.#insertions = [];
    this.#taskStartMs = Math.round(startMs);
    this.#openWords = undefined;
  }

  /** Silence is sent to the task, which is not part of the input. */
  insert(atMs: number, ms: number): void {
    const last = this.#insertions.at(-1);
    if (last?.atMs === atMs) last.ms += ms;
    else this.#insertions.push({ atMs, ms });
  }

  /**
   * Places a result of the current task: times from the start of the input, numbers over all tasks. Undefined for a
   * repeat of a sentence that is final already. Repeats are recognised by number and time, never by text: two people
   * may say "yes".
   */
  place(
    wire: WireSentence,
    usage: Usage | null,
    requestId: string,
    position: InputPosition,
  ): Placement | undefined {
    const { sentence_end: isFinal, text } = wire;
    const beginMs = wire.begin_time ?? wire.words[0]?.begin_time;
    const begin = beginMs === undefined ? Math.round(position.finalMs) : this.#inInput(beginMs);
    const knownEnd = this.#knownEnd(wire, begin);
    // A final sentence always has an end. When it is not known, it is the end of the audio sent.
    const end = knownEnd ?? (isFinal ? Math.max(begin, Math.round(position.sentMs)) : null);
    if (this.#isRepeat(wire, begin, end, position.finalMs)) return undefined;
    const answeredMs = this.#noteWords(wire, begin, position.sentMs);
    if (isFinal) this.#lastWireId = wire.sentence_id ?? this.#lastWireId;
    const isEmptyFinal = isFinal && text === '';
    const sentence_id = this.#finals + 1;
    if (isFinal && !isEmptyFinal) this.#finals = sentence_id;
    const sentence: Sentence = {
      ...wire,
      sentence_id,
      begin_time: begin,
      end_time: end,
      words: wire.words.map((word) => this.#placeWord(word)),
      request_id: requestId,
      ...(usage && { usage }),
    };
    return {
      sentence: isEmptyFinal && wire.unrecognized !== true ? undefined : sentence,
      // An estimated end never releases audio.
      finalMs: isFinal ? (knownEnd ?? begin) : undefined,
      answeredMs,
    };
  }

  /** @returns The end of the audio that the result covers, in ms. */
  #noteWords({ sentence_end: isFinal, text, words }: WireSentence, beginMs: number, sentMs: number): number {
    const lastWord = words.at(-1);
    const answeredMs = Math.min(sentMs, lastWord ? this.#inInput(lastWord.end_time) : beginMs);
    const endMs = Math.round(lastWord ? Math.max(beginMs, answeredMs) : sentMs);
    this.#openWords = isFinal || text === '' ? undefined : { beginMs, endMs, text };
    return answeredMs;
  }

  /** The end according to the service: that of the sentence, or of the last word of a final sentence. */
  #knownEnd({ end_time, sentence_end, words }: WireSentence, begin: number): number | undefined {
    const ms = end_time ?? (sentence_end ? words.at(-1)?.end_time : undefined);
    return ms === undefined ? undefined : Math.max(begin, this.#inInput(ms));
  }

  /** A time of the task in ms of the input. Inserted silence does not count: all of it is one moment of the input. */
  #inInput(taskMs: number): number {
    let ms = this.#taskStartMs + taskMs;
    for (const { atMs, ms: inserted } of this.#insertions) {
      if (ms <= atMs) break;
      ms = Math.max(atMs, ms - inserted);
    }
    return Math.round(ms);
  }

  #isRepeat(wire: WireSentence, begin: number, end: number | null, finalMs: number): boolean {
    // Within a task the service's own number decides. Only a new task repeats sentences of an earlier one.
    if (wire.sentence_id !== undefined && this.#lastWireId > 0) return wire.sentence_id <= this.#lastWireId;
    if (end === null) return begin < finalMs - SAME_END_MS;
    const overlap = Math.min(end, finalMs) - begin;
    return finalMs > 0 && (end <= finalMs + SAME_END_MS || overlap * 2 > end - begin);
  }

  #placeWord(word: Word): Word {
    return { ...word, begin_time: this.#inInput(word.begin_time), end_time: this.#inInput(word.end_time) };
  }
}
