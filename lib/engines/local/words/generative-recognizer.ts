import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { spaceBetween } from '../../../core/text/join-text.ts';
import { isAgreement } from './agreement.ts';
import { continuedPhrase } from './continued-phrase.ts';
import type { Excerpt, Surroundings } from '../segments/excerpt.ts';
import type { GenerativeModel } from './generative-model.ts';
import { NO_SILENCE, type Recognizer, type SegmentText, USUAL_SURROUNDINGS } from './recognizer.ts';

interface Attempt {
  readonly model: 'first' | 'second';
  readonly recognize: () => Promise<string>;
}

const LITTLE_PADDING: Surroundings = {
  padding: 0.1 * DEFAULT_SAMPLE_RATE,
  silence: 0.4 * DEFAULT_SAMPLE_RATE,
};
/** A shorter segment is not cut, in ms. */
const MIN_CUT_MS = 3000;

/** The models of a {@link GenerativeRecognizer}. Each is asked for when it is needed. */
export interface GenerativeModels {
  readonly loadFirst: () => Promise<GenerativeModel>;
  /** Another model for second opinions, if there is one. */
  readonly loadSecond: () => Promise<GenerativeModel | undefined>;
  /** For partial results. @default none */
  readonly loadPartial?: (() => Promise<GenerativeModel>) | undefined;
}

/**
 * Recognises segments with a model that writes text freely, as Moonshine or Whisper: without times, and at times words
 * that nobody said. When it finds no words in one piece of speech, it tries again: with other surroundings, with a second
 * model if there is one, and in two halves. The text of such an attempt is used only if another attempt agrees: for speech
 * that a model does not know, it invents different words each time.
 */
export class GenerativeRecognizer implements Recognizer {
  readonly #loadFirst: () => Promise<GenerativeModel>;
  readonly #loadSecond: () => Promise<GenerativeModel | undefined>;
  readonly recognizePartial?: (excerpt: Excerpt) => Promise<SegmentText>;

  constructor({ loadFirst, loadSecond, loadPartial }: GenerativeModels) {
    this.#loadFirst = loadFirst;
    this.#loadSecond = loadSecond;
    if (!loadPartial) return;
    this.recognizePartial = async (excerpt) => {
      const { text } = await (await loadPartial()).recognize(excerpt.with(USUAL_SURROUNDINGS));
      return { text, isAgreed: false, hasWords: text !== '' };
    };
  }

  /** @throws {FunAsrError} `E_ENGINE` */
  async recognize(excerpt: Excerpt): Promise<SegmentText> {
    const model = await this.#loadFirst();
    const { text: first, isRunaway } = await model.recognize(excerpt.with(USUAL_SURROUNDINGS));
    if (first !== '' && !isRunaway) return { text: first, isAgreed: false, hasWords: true };
    // The stream recognises each piece then.
    if (excerpt.pieces.length > 1) return { text: '', isAgreed: false, hasWords: first !== '' };
    const found = [{ model: 'first', text: first }];
    for (const { model: by, recognize } of this.#attempts(excerpt)) {
      const text = await recognize();
      const same = found.filter((earlier) => isAgreement(earlier.text, text));
      const agreed = same.find((earlier) => earlier.model !== by);
      const best = agreed ?? same[0];
      if (best) return { text: best.text, isAgreed: best === agreed, hasWords: true };
      found.push({ model: by, text });
    }
    return { text: '', isAgreed: false, hasWords: found.some(({ text }) => text !== '') };
  }

  /** Recognises with the second model. Returns undefined if there is none. */
  async secondOpinion(excerpt: Excerpt): Promise<string | undefined> {
    const second = await this.#loadSecond();
    if (!second) return undefined;
    const { text } = await second.recognize(excerpt.with(USUAL_SURROUNDINGS));
    if (text !== '' || excerpt.pieces.length === 1) return text;
    const texts: string[] = [];
    for (const piece of excerpt.pieces)
      texts.push((await second.recognize(piece.with(USUAL_SURROUNDINGS))).text);
    return joined(texts);
  }

  /** The most successful attempts first. */
  #attempts(excerpt: Excerpt): readonly Attempt[] {
    return [
      { model: 'first', recognize: () => this.#recognizeWith(excerpt, NO_SILENCE) },
      { model: 'second', recognize: async () => (await this.secondOpinion(excerpt)) ?? '' },
      { model: 'first', recognize: () => this.#recognizeWith(excerpt, LITTLE_PADDING) },
      { model: 'first', recognize: () => this.#recognizeHalves(excerpt) },
    ];
  }

  async #recognizeWith(excerpt: Excerpt, surroundings: Surroundings): Promise<string> {
    return (await (await this.#loadFirst()).recognize(excerpt.with(surroundings))).text;
  }

  async #recognizeHalves(excerpt: Excerpt): Promise<string> {
    if (excerpt.durationMs < MIN_CUT_MS) return '';
    const texts: string[] = [];
    for (const half of excerpt.halves()) texts.push(await this.#recognizeWith(half, USUAL_SURROUNDINGS));
    return texts.includes('') ? '' : texts.join(' ');
  }
}

/** Joins the texts of the pieces of a segment. */
function joined(texts: readonly string[]): string {
  return texts.reduce((before, text) => {
    const continued = continuedPhrase(before, text);
    return before + spaceBetween(before, continued) + continued;
  }, '');
}
