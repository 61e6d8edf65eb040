import type { Decoder } from './decoder.ts';
import { isForeign, isRunaway } from './plausibility.ts';
import { collapseRepeats } from './repeats.ts';

/** Nobody speaks faster: what a model writes beyond it is invented. */
const TOKENS_PER_SECOND = 7;
const TOKENS_BESIDE = 4;

/** What a model recognised in some samples. */
export interface Recognised {
  /** Empty when the model found no words, or only words of another script. */
  readonly text: string;
  /** Whether words may be missing, since the model repeated itself instead of going on. */
  readonly isRunaway: boolean;
}

/** Recognises the words of one segment of speech with one model. */
export class Recogniser {
  readonly #decoder: Decoder;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /**
   * @param samples At most about 15 s at 16 kHz.
   * @throws {FunAsrError} `E_ENGINE`
   */
  async recognise(samples: Float32Array): Promise<Recognised> {
    const seconds = samples.length / 16_000;
    const tokens = await this.#decoder.decode(samples);
    if (isForeign(tokens)) return { text: '', isRunaway: false };
    const most = Math.ceil(seconds * TOKENS_PER_SECOND) + TOKENS_BESIDE;
    const text = collapseRepeats(tokens.slice(0, most).join('').trim());
    return { text, isRunaway: isRunaway(tokens, seconds) };
  }
}
