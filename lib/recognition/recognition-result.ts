import { isSentenceEnd, type Sentence } from '../sentence.ts';

/**
 * What a `Recognition` gives, with the methods of the official Python SDK's class of this name: of an event one
 * sentence, of a whole `call` the list of its final ones.
 */
export class RecognitionResult<Said extends Sentence | readonly Sentence[] = Sentence> {
  readonly #said: Said;
  readonly #requestId: string | undefined;

  constructor(said: Said, requestId: string | undefined) {
    this.#said = said;
    this.#requestId = requestId;
  }

  /** The sentence of an event; the final sentences of a `call`, an empty list when nobody spoke. */
  getSentence(): Said {
    return this.#said;
  }

  /** Id of the task at the service; undefined when there was no audio, and so no task. */
  getRequestId(): string | undefined {
    return this.#requestId;
  }

  /** Billed whole seconds of the task so far, which come with a final sentence. Never add them up. */
  getUsage(sentence: Sentence): { duration: number } | undefined {
    return sentence.usage ?? undefined;
  }

  /** Whether a sentence is final. */
  static isSentenceEnd(sentence: Sentence): boolean {
    return isSentenceEnd(sentence);
  }
}
