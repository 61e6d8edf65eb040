import { isAgreement, wordCountOf } from './agreement.ts';
import type { Excerpt } from '../segments/excerpt.ts';
import type { SegmentText } from './recognizer.ts';

/** On less speech, two models often differ even in English. In ms. */
const MIN_CHECKED_MS = 2000;
/** Two models must agree on this many words before the language is certain. */
const MIN_WORDS = 4;
/** Segments without words, in a row, after which the language is uncertain again. */
const MAX_MISSES = 2;

/** The text of a segment after the check. */
export interface CheckedText {
  /** Empty when it is probably invented. */
  readonly text: string;
  /** Whether it may be invented: the speech is too short to decide. */
  readonly isDoubtful: boolean;
}

/**
 * Checks that a stream is in a language of the model, with a second model: two models of English write the same words
 * for English, and different ones for any other language. Only the first speech of a stream is checked, and what
 * follows speech that was not recognised.
 */
export class LanguageCheck {
  readonly #secondOpinion: (excerpt: Excerpt) => Promise<string | undefined>;
  #isCertain = false;
  /** Segments without words since the last one with words. */
  #misses = 0;

  /** @param secondOpinion Gives the text of the second model; undefined when there is none. */
  constructor(secondOpinion: (excerpt: Excerpt) => Promise<string | undefined>) {
    this.#secondOpinion = secondOpinion;
  }

  /** Takes the segments of a stream in their order. */
  async check(excerpt: Excerpt, { text, isAgreed }: SegmentText): Promise<CheckedText> {
    if (text === '') return this.#miss(excerpt);
    if (isAgreed) return this.#accept(text, isAgreed);
    if (this.#isCertain) return this.#accept(text);
    const other = await this.#secondOpinion(excerpt);
    if (other === undefined) return this.#accept(text);
    if (isAgreement(text, other)) return this.#accept(text, true);
    const isShort = excerpt.durationMs < MIN_CHECKED_MS;
    return isShort && this.#misses === 0 ? { text, isDoubtful: true } : this.#miss(excerpt);
  }

  #accept(text: string, isAgreed = false): CheckedText {
    if (isAgreed && wordCountOf(text) >= MIN_WORDS) this.#isCertain = true;
    if (isAgreed || this.#isCertain) this.#misses = 0;
    return { text, isDoubtful: false };
  }

  #miss(excerpt: Excerpt): CheckedText {
    if (excerpt.durationMs >= MIN_CHECKED_MS) {
      this.#misses += 1;
      if (this.#misses >= MAX_MISSES) this.#isCertain = false;
    }
    return { text: '', isDoubtful: false };
  }
}
