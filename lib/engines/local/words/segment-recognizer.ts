import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { isAgreement } from './agreement.ts';
import type { Excerpt, Surroundings } from '../segments/excerpt.ts';
import type { SpeechModel } from './speech-model.ts';

/** The text of one segment of speech, and how it was found. */
export interface SegmentText {
  /** Empty when no words were recognised. */
  readonly text: string;
  /** Whether two models found the same words. */
  readonly isAgreed: boolean;
  /** Whether any attempt found words. */
  readonly hasWords: boolean;
}

interface Attempt {
  readonly model: 'first' | 'second';
  readonly recognize: () => Promise<string>;
}

/**
 * The voice detector finds soft sounds late, so the model needs audio around the speech. It needs silence after it to end
 * its text correctly.
 */
export const USUAL_SURROUNDINGS: Surroundings = {
  padding: 0.25 * DEFAULT_SAMPLE_RATE,
  silence: 0.4 * DEFAULT_SAMPLE_RATE,
};
/** After noise, digital silence can make the model return nothing. */
const NO_SILENCE: Surroundings = { ...USUAL_SURROUNDINGS, silence: 0 };
const LITTLE_PADDING: Surroundings = {
  padding: 0.1 * DEFAULT_SAMPLE_RATE,
  silence: 0.4 * DEFAULT_SAMPLE_RATE,
};
/** A shorter segment is not cut, in ms. */
const MIN_CUT_MS = 3000;

/**
 * Recognises segments with one model. When it finds no words, it tries again: with other surroundings, with a second
 * model if there is one, and in two halves. The text of such an attempt is used only if another attempt agrees: for
 * speech that a model does not know, it invents different words each time.
 */
export class SegmentRecognizer {
  readonly #first: SpeechModel;
  readonly #loadSecond: () => Promise<SpeechModel | undefined>;

  /** @param loadSecond Called when the second model is needed. */
  constructor(first: SpeechModel, loadSecond: () => Promise<SpeechModel | undefined>) {
    this.#first = first;
    this.#loadSecond = loadSecond;
  }

  /** @throws {FunAsrError} `E_ENGINE` */
  async recognize(excerpt: Excerpt): Promise<SegmentText> {
    const { text: first, isRunaway } = await this.#first.recognize(excerpt.with(USUAL_SURROUNDINGS));
    if (first !== '' && !isRunaway) return { text: first, isAgreed: false, hasWords: true };
    const found = [{ model: 'first', text: first }];
    for (const { model, recognize } of this.#attempts(excerpt)) {
      const text = await recognize();
      const same = found.filter((earlier) => isAgreement(earlier.text, text));
      const agreed = same.find((earlier) => earlier.model !== model);
      const best = agreed ?? same[0];
      if (best) return { text: best.text, isAgreed: best === agreed, hasWords: true };
      found.push({ model, text });
    }
    return { text: '', isAgreed: false, hasWords: found.some(({ text }) => text !== '') };
  }

  /** Recognises with the second model. Returns undefined if there is none. */
  async secondOpinion(excerpt: Excerpt): Promise<string | undefined> {
    const second = await this.#loadSecond();
    return second && (await second.recognize(excerpt.with(USUAL_SURROUNDINGS))).text;
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
    return (await this.#first.recognize(excerpt.with(surroundings))).text;
  }

  async #recognizeHalves(excerpt: Excerpt): Promise<string> {
    if (excerpt.durationMs < MIN_CUT_MS) return '';
    const texts: string[] = [];
    for (const half of excerpt.halves()) texts.push(await this.#recognizeWith(half, USUAL_SURROUNDINGS));
    return texts.includes('') ? '' : texts.join(' ');
  }
}
