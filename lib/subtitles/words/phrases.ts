import type { SubtitleLanguage } from '../profiles/language.ts';
import { segmentsOf } from './characters.ts';

/** Finds where the words or phrases of a text without spaces begin: positions in UTF-16 units, without 0. */
export type PhraseFinder = (text: string) => Iterable<number>;

/**
 * Finders of the pieces that a line break should not cut. Japanese: the phrases (bunsetsu) that BudouX finds, because
 * dictionaries of words cut verbs from their endings. Other languages, and Japanese before {@link loadPhrases}: the words of
 * `Intl.Segmenter`.
 */
export function phraseFinder(language: SubtitleLanguage): PhraseFinder {
  const finder = parser;
  return language === 'ja' && finder ? (text) => finder.parseBoundaries(text) : wordFinder(language);
}

/** What is used of BudouX. */
interface PhraseParser {
  parseBoundaries(text: string): number[];
}

let parser: PhraseParser | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads what {@link phraseFinder} needs for a language: only for the first Japanese text, because that takes longer than the
 * start of the program.
 * @returns Undefined when nothing is to be loaded.
 */
export function loadPhrases(language: SubtitleLanguage): Promise<void> | undefined {
  if (language !== 'ja' || parser) return undefined;
  loading ??= import('budoux').then(({ loadDefaultJapaneseParser }) => {
    parser = loadDefaultJapaneseParser();
  });
  return loading;
}

/** Finds words by `Intl.Segmenter`. */
export function wordFinder(language: SubtitleLanguage): PhraseFinder {
  return (text) => wordStarts(text, language);
}

const segmenters = new Map<SubtitleLanguage, Intl.Segmenter>();

function* wordStarts(text: string, language: SubtitleLanguage): Generator<number> {
  const segmenter = segmenters.get(language) ?? new Intl.Segmenter(language, { granularity: 'word' });
  segmenters.set(language, segmenter);
  let at = 0;
  for (const word of segmentsOf(segmenter, text)) {
    if (at > 0) yield at;
    at += word.length;
  }
}
