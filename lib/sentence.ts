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
export function isSentenceEnd(sentence: Sentence): sentence is FinalSentence {
  return sentence.sentence_end && typeof sentence.end_time === 'number';
}

/** The final sentence that a recognition broke off behind: all that goes on there needs of it. */
export type LastSentence = Pick<FinalSentence, 'sentence_id' | 'end_time'>;

/** A sentence of the audio behind another one, which was recognised by itself, as a sentence of the whole input. */
export function placeAfter({ sentence_id, end_time }: LastSentence, sentence: Sentence): Sentence {
  return {
    ...sentence,
    sentence_id: sentence_id + sentence.sentence_id,
    begin_time: end_time + sentence.begin_time,
    end_time: sentence.end_time === null ? null : end_time + sentence.end_time,
    words: sentence.words.map((word) => ({
      ...word,
      begin_time: end_time + word.begin_time,
      end_time: end_time + word.end_time,
    })),
  };
}
