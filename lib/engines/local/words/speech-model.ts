import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import type { Decoder } from '../runtime/runtime.ts';
import { isForeign, isRunaway } from './plausibility.ts';
import { collapseRepeats } from './repeats.ts';

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

/** One loaded speech model: the audio of a segment in, its text out. */
export class SpeechModel {
  readonly #decoder: Decoder;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /**
   * @param samples At most about 15 s at 16 kHz.
   * @throws {FunAsrError} `E_ENGINE`
   */
  async recognize(samples: Float32Array): Promise<ModelText> {
    const seconds = samples.length / DEFAULT_SAMPLE_RATE;
    const { tokens } = await this.#decoder.decode(samples);
    if (isForeign(tokens)) return { text: '', isRunaway: false };
    const maxTokens = Math.ceil(seconds * MAX_TOKENS_PER_SECOND) + EXTRA_TOKENS;
    const text = collapseRepeats(tokens.slice(0, maxTokens).join('').trim());
    return { text, isRunaway: isRunaway(tokens, seconds) };
  }
}
