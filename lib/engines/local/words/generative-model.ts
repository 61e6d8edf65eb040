import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import type { Decoder } from '../runtime/runtime.ts';
import { isForeign, isRunaway } from './plausibility.ts';
import { collapseRepeats } from './repeats.ts';
import { writtenText } from './written-text.ts';

/** More tokens than this are not speech: the model repeats or invents. */
const MAX_TOKENS_PER_SECOND = 7;
const EXTRA_TOKENS = 4;

/** Text that a model found in some samples. */
export interface ModelText {
  /** Empty when the model found no words, or only words of another script. */
  readonly text: string;
  /** Whether words may be missing, because the model repeated itself until it was stopped. */
  readonly isRunaway: boolean;
}

/** A loaded model that writes text freely: the audio of a segment in, its text out. */
export class GenerativeModel {
  readonly #decoder: Decoder;
  readonly #isEnglish: boolean;

  /** @param isEnglish Whether it knows only English: text in other scripts, or of too many tokens, is then invented. */
  constructor(decoder: Decoder, isEnglish: boolean) {
    this.#decoder = decoder;
    this.#isEnglish = isEnglish;
  }

  /**
   * @param samples At most about 15 s at 16 kHz.
   * @throws {FunAsrError} `E_ENGINE`
   */
  async recognize(samples: Float32Array): Promise<ModelText> {
    const seconds = samples.length / DEFAULT_SAMPLE_RATE;
    const { text: written, tokens } = await this.#decoder.decode(samples);
    if (!this.#isEnglish) {
      return {
        text: collapseRepeats(writtenText(written, undefined)),
        isRunaway: isRunaway(tokens, seconds),
      };
    }
    if (isForeign(tokens)) return { text: '', isRunaway: false };
    const maxTokens = Math.ceil(seconds * MAX_TOKENS_PER_SECOND) + EXTRA_TOKENS;
    const text = collapseRepeats(tokens.slice(0, maxTokens).join('').trim());
    return { text, isRunaway: isRunaway(tokens, seconds) };
  }
}
