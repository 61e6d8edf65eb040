import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import type { Decoder } from '../runtime/runtime.ts';
import type { OfflineResult, SpeechResult } from '../runtime/sherpa.ts';
import type { Excerpt, Surroundings } from '../segments/excerpt.ts';
import { isTooFast } from './plausibility.ts';
import { NO_SILENCE, type Recognizer, type SegmentText, USUAL_SURROUNDINGS } from './recognizer.ts';
import { characterTimes } from './token-times.ts';
import { writtenText } from './written-text.ts';

/** The tag of a language, such as `<|zh|>`. */
const LANGUAGE_TAG = /^<\|([a-z]{2,3})\|>$/;
const LETTER = /[\p{L}\p{N}]/u;

/**
 * Recognises segments with a model that finds a token for each sound, with its time: SenseVoice, paraformer, transducers
 * and CTC models. Such a model does not continue to write without speech, so one attempt is usually enough.
 */
export class TimedRecognizer implements Recognizer {
  readonly #load: () => Promise<Decoder>;

  /** @param load Called when the model is needed. */
  constructor(load: () => Promise<Decoder>) {
    this.#load = load;
  }

  async recognize(excerpt: Excerpt): Promise<SegmentText> {
    const found = await this.#decode(excerpt, USUAL_SURROUNDINGS);
    return found.text === '' ? await this.#decode(excerpt, NO_SILENCE) : found;
  }

  recognizePartial(excerpt: Excerpt): Promise<SegmentText> {
    return this.#decode(excerpt, USUAL_SURROUNDINGS);
  }

  async #decode(excerpt: Excerpt, surroundings: Surroundings): Promise<SegmentText> {
    const decoder = await this.#load();
    return timedText(await decoder.decode(excerpt.with(surroundings)), excerpt, surroundings);
  }
}

/** The text of a result, with its times from the begin of the speech. @param surroundings Those of the samples. */
export function timedText(
  result: SpeechResult & Partial<OfflineResult>,
  excerpt: Excerpt,
  surroundings: Surroundings,
): SegmentText {
  const language = LANGUAGE_TAG.exec(result.lang ?? '')?.[1];
  const text = writtenText(result.text, language);
  const hasWords = LETTER.test(text);
  if (!hasWords || isTooFast(text, excerpt.durationMs)) return { text: '', isAgreed: false, hasWords };
  const shift = excerpt.beginIn(surroundings) / (DEFAULT_SAMPLE_RATE / 1000);
  const times = characterTimes(result)?.map(({ begin, end }) => ({
    begin: begin - shift,
    end: end - shift,
  }));
  return { text, times, language, isAgreed: false, hasWords };
}
