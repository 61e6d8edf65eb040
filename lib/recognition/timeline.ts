import type { Sentence, Word } from '../sentence.ts';
import type { Usage, WireSentence } from './messages.ts';
import { UnconfirmedAudio } from './unconfirmed-audio.ts';

/** Two reports of one sentence may differ by this much at the end. */
const SAME_END_MS = 20;

/** Silence that a task was given and that is not in the input: where in the input, and how much, in ms. */
interface Insertion {
  readonly atMs: number;
  ms: number;
}

/**
 * Where every sentence lies in the whole input. A task counts its times from its own first sample; the timeline
 * knows which sample of the input that was, by counting what was handed over, never by a clock. It also holds
 * the audio that no final sentence covers yet: what a new task would have to hear again.
 */
export class Timeline {
  readonly #bytesPerMs: number;
  readonly #audio = new UnconfirmedAudio();
  /** Where the audio of the current task begins, in ms. */
  #taskStartMs = 0;
  #insertions: Insertion[] = [];
  /** The end of the last final sentence. */
  #finalMs = 0;
  #finals = 0;
  /** The service's own number of the last final sentence of this task. */
  #lastWireId = 0;

  /** @param bytesPerMs Of raw PCM; of encoded audio the least that it can be, so that times are upper bounds. */
  constructor(bytesPerMs: number) {
    this.#bytesPerMs = bytesPerMs;
  }

  /** Audio given to a task so far, in ms of the input. */
  get handedMs(): number {
    return this.#audio.end / this.#bytesPerMs;
  }

  /** Up to where the input is final, in ms. */
  get finalMs(): number {
    return this.#finalMs;
  }

  /** Audio that no final sentence covers yet, in ms. */
  get unconfirmedMs(): number {
    return Math.max(0, this.handedMs - this.#finalMs);
  }

  /** Notes audio that is being given to the task. It keeps the buffer: nobody may write to it any more. */
  hand(audio: Buffer): void {
    this.#audio.append(audio);
  }

  /** Notes silence that is being given to the task though it is not in the input. */
  insert(ms: number): void {
    const last = this.#insertions.at(-1);
    if (last?.atMs === this.handedMs) last.ms += ms;
    else this.#insertions.push({ atMs: this.handedMs, ms });
  }

  /** Begins a task, and gives the audio that it must hear first: all that is not final yet. */
  beginTask(): readonly Buffer[] {
    this.#lastWireId = 0;
    this.#insertions = [];
    this.#taskStartMs = Math.round(this.#audio.start / this.#bytesPerMs);
    return this.#audio.held();
  }

  /**
   * Places a result of the current task: times from the start of the input, numbers over all tasks. Undefined
   * for what repeats a sentence that is final already, judged by number and time, never by text: two people
   * may say "yes".
   */
  place(wire: WireSentence, usage: Usage | null, requestId: string): Sentence | undefined {
    const begin = wire.begin_time === null ? this.#finalMs : this.#inInput(wire.begin_time);
    const end = this.#endOf(wire, begin);
    if (this.#isRepeat(wire, begin, end)) return undefined;
    if (wire.sentence_end) this.#confirm(end ?? begin, wire.sentence_id);
    // A final without words is a noise that turned out to be none.
    if (wire.sentence_end && wire.text === '') return undefined;
    const sentence_id = this.#finals + 1;
    if (wire.sentence_end) this.#finals = sentence_id;
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

  /** A final sentence has an end, even when the service does not say it. */
  #endOf({ end_time, sentence_end }: WireSentence, begin: number): number | null {
    if (end_time !== null) return Math.max(begin, this.#inInput(end_time));
    return sentence_end ? Math.max(begin, Math.round(this.handedMs)) : null;
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
    if (this.#finalMs === 0 || end === null) return false;
    const overlap = Math.min(end, this.#finalMs) - begin;
    return end <= this.#finalMs + SAME_END_MS && overlap * 2 >= end - begin;
  }

  #placeWord(word: Word): Word {
    return { ...word, begin_time: this.#inInput(word.begin_time), end_time: this.#inInput(word.end_time) };
  }

  #confirm(endMs: number, wireId: number | undefined): void {
    this.#lastWireId = wireId ?? this.#lastWireId;
    // A service cannot confirm audio that it never got.
    this.#finalMs = Math.max(this.#finalMs, Math.min(endMs, this.handedMs));
    // A sample is two bytes: half of one would turn all that follows into noise.
    this.#audio.confirm(Math.floor((this.#finalMs * this.#bytesPerMs) / 2) * 2);
  }
}
