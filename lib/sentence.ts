/** One recognised word. Field names are the service's own. */
export interface Word {
  /** Milliseconds from the start of the whole input. */
  begin_time: number;
  /** Milliseconds from the start of the whole input. */
  end_time: number;
  text: string;
  /** Punctuation after the word; may be empty. */
  punctuation: string;
  [field: string]: unknown;
}

/**
 * One sentence, partial or final, from `recognize` to the text formats. Field names are the service's own. Fields that
 * are not listed here are passed on unchanged. Source: the official Python SDK page, "Sentence information"; further
 * fields were seen in the service's messages.
 */
export interface Sentence {
  /** 1, 2, 3 … over the whole input, across tasks. */
  sentence_id: number;
  /** Milliseconds from the start of the whole input. */
  begin_time: number;
  /** Milliseconds from the start of the whole input; null in partial sentences. */
  end_time: number | null;
  /** The whole sentence so far: each partial sentence replaces the one before. */
  text: string;
  /** The words with their times. Joined, they may differ from `text`, which is authoritative (numbers are rewritten). */
  words: Word[];
  /** Whether the sentence is final. True once per sentence. */
  sentence_end: boolean;
  /** Id of the task that recognised it, for the support of the service. */
  request_id: string;
  /** The channel that it was spoken on, from 0; only when the channels were recognised separately. */
  channel_id?: number;
  /** Name of the speaker, when it is known. */
  speaker?: string;
  /** ISO 639 code of the language; only when a local model detected it. */
  language?: string;
  /** Says that the times of its words are estimates. Not in Fun-ASR's protocol. @default they were measured */
  word_times?: 'estimated';
  /** Says that a local model may have invented the words. Not in Fun-ASR's protocol. */
  doubtful?: true;
  /** In final sentences: billed whole seconds of audio since the start of the task. Do not add them up. */
  usage?: { duration: number } | null;
  [field: string]: unknown;
}

/** A sentence that does not change any more. */
export interface FinalSentence extends Sentence {
  end_time: number;
  sentence_end: true;
}

/** Whether a sentence is final. */
export function isSentenceEnd(sentence: Sentence | null | undefined): sentence is FinalSentence {
  return sentence?.sentence_end === true && typeof sentence.end_time === 'number';
}

/** Number and end of the last final sentence: where another recognition of the same input continues. */
export type LastSentence = Pick<FinalSentence, 'sentence_id' | 'end_time'>;

/** Start of a recognition that continues no other. */
export const BEGINNING: LastSentence = { sentence_id: 0, end_time: 0 };
