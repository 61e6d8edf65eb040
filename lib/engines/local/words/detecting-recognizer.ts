import type { Excerpt } from '../segments/excerpt.ts';
import type { Recognizer, SegmentText } from './recognizer.ts';

/** The language of less speech is uncertain, in ms. */
const MIN_DECISIVE_MS = 1000;
const ENGLISH = 'en';

/**
 * Recognises one stream whose language is not named. A model of several languages hears the first speech. Its language
 * decides which model recognises the stream: the one for English, which is better at it, or the one of several languages.
 */
export class DetectingRecognizer implements Recognizer {
  readonly #english: Recognizer;
  readonly #multilingual: Recognizer;
  /** Whether the stream is English, as far as the segments up to the last one show it. */
  #isEnglish: Promise<boolean | undefined> = Promise.resolve(undefined);

  constructor(english: Recognizer, multilingual: Recognizer) {
    this.#english = english;
    this.#multilingual = multilingual;
  }

  async recognize(excerpt: Excerpt): Promise<SegmentText> {
    const before = this.#isEnglish;
    const hearing = before.then((known) =>
      known === undefined ? this.#multilingual.recognize(excerpt) : undefined,
    );
    // A segment waits for the decision of the one before it, so that the same audio always gives the same text.
    this.#isEnglish = Promise.all([before, hearing]).then(
      ([known, heard]) => known ?? (heard && decide(excerpt, heard)),
      () => undefined,
    );
    const decided = this.#isEnglish;
    const heard = await hearing;
    const isEnglish = (await decided) ?? heard?.language === ENGLISH;
    if (!isEnglish) return heard ?? (await this.#multilingual.recognize(excerpt));
    const found = await this.#english.recognize(excerpt);
    return found.text === '' && heard ? heard : { ...found, language: ENGLISH };
  }

  async recognizePartial(excerpt: Excerpt): Promise<SegmentText> {
    const isEnglish = (await this.#isEnglish) ?? false;
    const recognizer = isEnglish && this.#english.recognizePartial ? this.#english : this.#multilingual;
    return (await recognizer.recognizePartial?.(excerpt)) ?? NOTHING;
  }
}

const NOTHING: SegmentText = { text: '', isAgreed: false, hasWords: false };

/** Whether the speech is English; undefined when it does not show that. */
function decide(excerpt: Excerpt, { text, language }: SegmentText): boolean | undefined {
  if (text === '' || language === undefined || excerpt.durationMs < MIN_DECISIVE_MS) return undefined;
  return language === ENGLISH;
}
