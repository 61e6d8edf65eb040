import { spaceBetween } from '../../core/text/join-text.ts';
import type { Word } from '../../sentence.ts';
import type { EngineSentence } from '../../service/engine.ts';
import { continuedPhrase } from './words/continued-phrase.ts';
import { splitWords } from './words/split-words.ts';
import { estimateTimes, type Time } from './words/token-times.ts';

/** Text of one segment of speech. Times in ms. */
export interface Phrase {
  readonly begin: number;
  readonly end: number;
  /** The pauses in it. @default none */
  readonly pauses?: readonly Time[] | undefined;
  readonly text: string;
  /** Times of the characters that are not spaces, from the model. @default estimated */
  readonly times?: readonly Time[] | undefined;
  /** ISO 639 code of the language, when a model detected it. */
  readonly language?: string | undefined;
  /** Whether the words may be invented. @default false */
  readonly isDoubtful?: boolean;
}

/** Makes a sentence from one or more phrases. */
export function sentenceOf(phrases: readonly Phrase[], isFinal: boolean): EngineSentence {
  const language = phrases.find((phrase) => phrase.language !== undefined)?.language;
  const isEstimated = phrases.some(({ times }) => times === undefined);
  let text = '';
  const words: Word[] = [];
  for (const phrase of phrases) {
    const continued = continuedPhrase(text, phrase.text);
    const space = spaceBetween(text, continued);
    words.push(...wordsOf({ ...phrase, text: continued }, space));
    text += space + continued;
  }
  return {
    begin_time: phrases[0]?.begin ?? 0,
    end_time: isFinal ? (phrases.at(-1)?.end ?? 0) : null,
    text,
    words,
    ...(language !== undefined && { language }),
    ...(isEstimated && { word_times: 'estimated' as const }),
    ...(phrases.some(({ isDoubtful }) => isDoubtful) && { doubtful: true as const }),
  };
}

/**
 * The words of a phrase. As in results of the cloud, the text of a word contains the space before it, and the mark after
 * it is separate. Joined, texts and marks give the text of the phrase.
 * @param space What stands before the first word.
 */
export function wordsOf(phrase: Phrase, space: string): Word[] {
  const words = splitWords(phrase.text);
  const times = phrase.times ?? estimateTimes(words.at(-1)?.end ?? 0, phrase, phrase.pauses);
  return words.map(({ text, punctuation, begin, textEnd, end }, index) => ({
    begin_time: timeIn(phrase, times[begin]?.begin),
    // An estimate divides the whole phrase. A measured word does not include the pause of its mark.
    end_time: timeIn(phrase, times[(phrase.times ? textEnd : end) - 1]?.end),
    text: index === 0 ? space + text : text,
    punctuation,
  }));
}

/** A time inside of a phrase, in whole ms. */
function timeIn({ begin, end }: Phrase, time: number = end): number {
  return Math.round(Math.min(Math.max(time, begin), end));
}
