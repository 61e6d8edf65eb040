/** One recognised word. Field names are the service's own. */
export interface Word {
  /** Milliseconds from the start of the whole input. */
  begin_time: number;
  /** Milliseconds from the start of the whole input. */
  end_time: number;
  text: string;
  /** The mark that follows the word; may be empty. */
  punctuation: string;
  [field: string]: unknown;
}

/**
 * One sentence, partial or final, from `recognize` to the writers. Field names are the service's own, and
 * fields that are not listed here pass through untouched. Source: the official Python SDK page, "Sentence
 * information"; the further fields were seen in the service's messages.
 */
export interface Sentence {
  /** 1, 2, 3 … over the whole input, whatever number of tasks it took. */
  sentence_id: number;
  /** Milliseconds from the start of the whole input. */
  begin_time: number;
  /** Milliseconds from the start of the whole input; null while the sentence is still being spoken. */
  end_time: number | null;
  /** The whole sentence so far: each partial replaces the one before. */
  text: string;
  /** The words with their times. Joined they need not give `text` (numbers are rewritten): `text` is the truth. */
  words: Word[];
  /** True once: on the final form of a sentence. */
  sentence_end: boolean;
  /** Id of the task that recognised it: what the service's support asks for. */
  request_id: string;
  /** On finals: billed whole seconds of audio so far in this task. Never add them up. */
  usage?: { duration: number } | null;
  [field: string]: unknown;
}

/** A sentence that will not change any more, and so has an end. */
export interface FinalSentence extends Sentence {
  end_time: number;
  sentence_end: true;
}

/** Whether a sentence is final. */
export function isSentenceEnd(sentence: Sentence | null | undefined): sentence is FinalSentence {
  return sentence?.sentence_end === true && typeof sentence.end_time === 'number';
}

/** The last final sentence of a recognition: all that another one needs to go on behind it. */
export type LastSentence = Pick<FinalSentence, 'sentence_id' | 'end_time'>;

/** Where a recognition begins that follows no other. */
export const BEGINNING: LastSentence = { sentence_id: 0, end_time: 0 };
