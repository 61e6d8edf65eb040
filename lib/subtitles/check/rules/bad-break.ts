import { BORDER, borderBetween } from '../../words/borders.ts';
import { type PhraseFinder, phraseFinder, wordFinder } from '../../words/phrases.ts';
import { WORD_RULES } from '../../words/word-rules.ts';
import type { Profile } from '../../profiles/profile.ts';

/** Characters on each side of a break that decide where words end. The search is slow for long texts. */
const CONTEXT = 40;

const SENTENCE_END = /[.!?…]["'”’)]*$/;

/** Between two of these was a space, which the line break replaces. */
const SPACED = /[\p{Script=Latin}\p{N}]/u;

/**
 * Whether a line should not end between two texts. English: between words that belong together. Chinese: inside a word.
 * Japanese: inside a phrase. Korean has spaces between words, and a file does not show where they were.
 */
export function isBadLineBreak(before: string, after: string, profile: Profile): boolean {
  const { language } = profile;
  if (language === 'en') return isBetweenBoundWords(before, after, profile);
  return language !== 'ko' && isInside(phraseFinder(language), before, after);
}

/**
 * Whether a cue should not end between two texts. The next cue may begin a sentence also where no mark ends the first one, so
 * that less is bad than within a cue. English: after a word such as an article. Chinese and Japanese: inside a word.
 */
export function isBadCueBreak(before: string, after: string, profile: Profile): boolean {
  const { language } = profile;
  if (language === 'en')
    return WORD_RULES.en.keepWithNext.has(
      lastWord(before)
        .toLowerCase()
        .replace(/^\p{P}+/u, ''),
    );
  return language !== 'ko' && isInside(wordFinder(language), before, after);
}

function isBetweenBoundWords(before: string, after: string, profile: Profile): boolean {
  const last = lastWord(before);
  const previous = lastWord(before.trim().slice(0, -last.length));
  const [first = ''] = after.trim().split(/\s+/);
  if (last === '') return false;
  const startsSentence = previous === '' || SENTENCE_END.test(previous);
  return borderBetween(last, first, profile.language, startsSentence) === BORDER.bad;
}

/** Whether a break is inside one of the pieces that a finder finds. */
function isInside(finder: PhraseFinder, before: string, after: string): boolean {
  const left = before.slice(-CONTEXT);
  const right = after.slice(0, CONTEXT);
  const last = left.at(-1) ?? ' ';
  const first = right[0] ?? ' ';
  // A space or a mark ends a word.
  if (/[\s\p{P}]/u.test(last + first) || (SPACED.test(last) && SPACED.test(first))) return false;
  for (const start of finder(left + right)) {
    if (start >= left.length) return start > left.length;
  }
  return true;
}

function lastWord(text: string): string {
  return text.trim().split(/\s+/).at(-1) ?? '';
}
