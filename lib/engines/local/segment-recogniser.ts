import { isAgreement } from './agreement.ts';
import type { Excerpt, Surroundings } from './excerpt.ts';
import type { Recogniser } from './recogniser.ts';

/** What one segment of speech says, as far as it is known. */
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
  readonly recognise: () => Promise<string>;
}

const SECOND = 16_000;
/**
 * The model needs audio around the speech, since the voice detector finds soft sounds late, and silence after it to
 * end its text well.
 */
export const USUAL: Surroundings = { padding: 0.25 * SECOND, silence: 0.4 * SECOND };
/** In noise, the step to digital silence can make the model give up at once. */
const NO_SILENCE: Surroundings = { ...USUAL, silence: 0 };
const CLOSE: Surroundings = { padding: 0.1 * SECOND, silence: 0.4 * SECOND };
/** A shorter segment is not cut, in ms. */
const LEAST_TO_CUT_MS = 3000;

/**
 * Recognises segments with one model, and tries again when it finds no words: with other surroundings, with a second
 * model where there is one, and in two halves. Text of such an attempt counts only when another attempt agrees: for
 * what a model does not know, it makes up different words each time.
 */
export class SegmentRecogniser {
  readonly #first: Recogniser;
  readonly #loadSecond: () => Promise<Recogniser | undefined>;

  /** @param loadSecond Called when the second model is needed. */
  constructor(first: Recogniser, loadSecond: () => Promise<Recogniser | undefined>) {
    this.#first = first;
    this.#loadSecond = loadSecond;
  }

  /** @throws {FunAsrError} `E_ENGINE` */
  async recognise(excerpt: Excerpt): Promise<SegmentText> {
    const { text: first, isRunaway } = await this.#first.recognise(excerpt.with(USUAL));
    if (first !== '' && !isRunaway) return { text: first, isAgreed: false, hasWords: true };
    const found = [{ model: 'first', text: first }];
    for (const { model, recognise } of this.#attempts(excerpt)) {
      const text = await recognise();
      const same = found.filter((earlier) => isAgreement(earlier.text, text));
      const agreed = same.find((earlier) => earlier.model !== model);
      const best = agreed ?? same[0];
      if (best) return { text: best.text, isAgreed: best === agreed, hasWords: true };
      found.push({ model, text });
    }
    return { text: '', isAgreed: false, hasWords: found.some(({ text }) => text !== '') };
  }

  /** The text of the second model; undefined when there is none. */
  async secondOpinion(excerpt: Excerpt): Promise<string | undefined> {
    const second = await this.#loadSecond();
    return second && (await second.recognise(excerpt.with(USUAL))).text;
  }

  /** In the order in which they are most likely to succeed. */
  #attempts(excerpt: Excerpt): readonly Attempt[] {
    return [
      { model: 'first', recognise: () => this.#recogniseWith(excerpt, NO_SILENCE) },
      { model: 'second', recognise: async () => (await this.secondOpinion(excerpt)) ?? '' },
      { model: 'first', recognise: () => this.#recogniseWith(excerpt, CLOSE) },
      { model: 'first', recognise: () => this.#recogniseHalves(excerpt) },
    ];
  }

  async #recogniseWith(excerpt: Excerpt, surroundings: Surroundings): Promise<string> {
    return (await this.#first.recognise(excerpt.with(surroundings))).text;
  }

  async #recogniseHalves(excerpt: Excerpt): Promise<string> {
    if (excerpt.durationMs < LEAST_TO_CUT_MS) return '';
    const texts: string[] = [];
    for (const half of excerpt.halves()) texts.push(await this.#recogniseWith(half, USUAL));
    return texts.includes('') ? '' : texts.join(' ');
  }
}
