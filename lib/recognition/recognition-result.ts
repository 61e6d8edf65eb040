import { inspect, type InspectOptions } from 'node:util';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../sentence.ts';

/** A {@link RecognitionResult} as plain data, for `JSON.stringify()`. */
export interface RecognitionResultJson<Content> {
  readonly request_id: string | undefined;
  readonly sentence: Content;
}

/**
 * A result of `Recognition`, with the methods of the class of this name in the official Python SDK. The result of an
 * event contains one sentence, the result of `call()` the list of the final sentences.
 *
 * `String(result)` is its text; `JSON.stringify(result)` and `console.log(result)` show the request id and the sentences.
 */
export class RecognitionResult<Content extends Sentence | readonly FinalSentence[] = Sentence> {
  readonly #content: Content;
  readonly #requestId: string | undefined;

  static {
    // What console.log() shows.
    Object.defineProperty(this.prototype, inspect.custom, {
      value(this: RecognitionResult, _depth: number, options: InspectOptions): string {
        return `RecognitionResult ${inspect(this.toJSON(), options)}`;
      },
    });
  }

  constructor(content: Content, requestId: string | undefined) {
    this.#content = content;
    this.#requestId = requestId;
  }

  /** The sentence of an event; the final sentences of a `call()`, an empty list if there was no speech. */
  getSentence(): Content {
    return this.#content;
  }

  /** Id of the task at the service; undefined if there was no audio, and so no task. */
  getRequestId(): string | undefined {
    return this.#requestId;
  }

  /**
   * Seconds of audio that the service has billed for the task so far. A final sentence contains it; undefined for any
   * other. It is a running total: do not add up the values of several sentences.
   * @param sentence @default the sentence of this result; of a `call()`, its last sentence
   */
  getUsage(sentence?: Sentence): { duration: number } | undefined {
    const last: Sentence | undefined = isList(this.#content) ? this.#content.at(-1) : this.#content;
    return (sentence ?? last)?.usage ?? undefined;
  }

  /** Whether a sentence is final. */
  static isSentenceEnd(sentence: Sentence | null | undefined): sentence is FinalSentence {
    return isSentenceEnd(sentence);
  }

  /** The text; of a `call()`, one sentence a line. */
  toString(): string {
    const sentences: readonly Sentence[] = isList(this.#content) ? this.#content : [this.#content];
    return sentences.map(({ text }) => text).join('\n');
  }

  toJSON(): RecognitionResultJson<Content> {
    return { request_id: this.#requestId, sentence: this.#content };
  }
}

function isList(content: Sentence | readonly FinalSentence[]): content is readonly FinalSentence[] {
  return Array.isArray(content);
}
