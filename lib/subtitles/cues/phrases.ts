import { createRequire } from 'node:module';
import type { SubtitleLanguage } from '../profiles/language.ts';
import { segmentsOf } from './characters.ts';

/** Finds where the words or phrases of a text without spaces begin: positions in UTF-16 units, without 0. */
export type PhraseFinder = (text: string) => Iterable<number>;

/**
 * Finders of the pieces that a line break should not cut. Japanese: the phrases (bunsetsu) that BudouX finds, because
 * dictionaries of words cut verbs from their endings. Other languages: the words of `Intl.Segmenter`.
 */
export function phraseFinder(language: SubtitleLanguage): PhraseFinder {
  return language === 'ja' ? japanesePhrases : wordFinder(language);
}

/** Finds words by `Intl.Segmenter`. */
export function wordFinder(language: SubtitleLanguage): PhraseFinder {
  return (text) => wordStarts(text, language);
}

/** What is used of BudouX. */
interface PhraseParser {
  parseBoundaries(text: string): number[];
}

let parser: PhraseParser | undefined;

/** Is loaded for the first Japanese text only: that takes longer than the start of the program. */
function japanesePhrases(text: string): Iterable<number> {
  parser ??= (
    createRequire(import.meta.url)('budoux') as { loadDefaultJapaneseParser(): PhraseParser }
  ).loadDefaultJapaneseParser();
  return parser.parseBoundaries(text);
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
