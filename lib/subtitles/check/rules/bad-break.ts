import type { Profile } from '../../profiles/profile.ts';

const segmenters = {
  zh: new Intl.Segmenter('zh', { granularity: 'word' }),
  ja: new Intl.Segmenter('ja', { granularity: 'word' }),
};

/** Characters on each side of a break that decide where words end. The segmenter is slow for long texts. */
const CONTEXT = 40;

/**
 * Whether a line or a cue should not end between two texts. English: after a word that belongs to the next one. Chinese and
 * Japanese: inside a word. Korean has spaces between words, and a file does not show where they were.
 */
export function isBadBreak(before: string, after: string, profile: Profile): boolean {
  const { language } = profile;
  if (language === 'en') return endsWithBoundWord(before, profile);
  return language !== 'ko' && isInsideWord(before, after, segmenters[language]);
}

function endsWithBoundWord(before: string, { keepWithNext }: Profile): boolean {
  const word = before.trim().split(/\s+/).at(-1) ?? '';
  return keepWithNext.has(word.toLowerCase().replace(/^\p{P}+/u, ''));
}

function isInsideWord(before: string, after: string, segmenter: Intl.Segmenter): boolean {
  // A space ends a word.
  if (/\s$/u.test(before) || /^\s/u.test(after)) return false;
  const left = before.slice(-CONTEXT);
  const text = left + after.slice(0, CONTEXT);
  const word = segmenter.segment(text).containing(left.length);
  if (!word?.isWordLike || word.index === left.length) return false;
  // Latin words on both sides were separated by a space, which the line break replaces.
  return !/^[\p{Script=Latin}\p{N}]+$/u.test(word.segment);
}
