import type { Word } from '../sentence.ts';

/** The fields of a result that decide whether it is final, and its times. */
export interface ResultTimes {
  /** The service's own flag; some servers leave it out. */
  readonly sentence_end: boolean | undefined;
  /** Null when it is unknown. */
  readonly begin_time: number | null;
  /** Null when it is unknown, and in partial results. */
  readonly end_time: number | null;
  readonly words: readonly Word[];
}

/**
 * Whether a sentence of the service is final: by its flag `sentence_end`, or, without a flag, by a number as `end_time`.
 * The key `end_time` alone is not enough: some servers send null, or a growing number in partial results.
 */
export function isFinal({ sentence_end, end_time }: Pick<ResultTimes, 'sentence_end' | 'end_time'>): boolean {
  return sentence_end ?? end_time !== null;
}

/**
 * Fills in times that some servers leave out: a sentence begins with its first word, and a final sentence ends with its
 * last word. A time that is missing there too stays null.
 */
export function completeTimes(times: ResultTimes): Pick<ResultTimes, 'begin_time' | 'end_time'> {
  const { begin_time, end_time, words } = times;
  return {
    begin_time: begin_time ?? words[0]?.begin_time ?? null,
    end_time: end_time ?? (isFinal(times) ? (words.at(-1)?.end_time ?? null) : null),
  };
}
