import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import type { SpeechDecoder, StreamingDecoder } from '../runtime/runtime.ts';
import type { SpeechResult } from '../runtime/sherpa.ts';
import type { Excerpt, Surroundings } from '../segments/excerpt.ts';
import { NO_SILENCE, type Recognizer, type SegmentText, USUAL_SURROUNDINGS } from './recognizer.ts';
import { timedText } from './timed-recognizer.ts';

/**
 * Recognises segments with a streaming model, which decodes speech while it continues: a partial result costs only the
 * audio since the one before, and the final result continues the last partial one. It is the same as without partial results.
 */
export class StreamingRecognizer implements Recognizer {
  readonly continuesPartials = true;
  readonly #load: () => Promise<StreamingDecoder>;
  readonly #surroundings: Surroundings;
  /** The speech that has partial results and no final one. */
  #open: Speech | undefined;

  /**
   * @param load Called when the model is needed.
   * @param tailMs Silence after the speech, without which the model keeps the last words.
   */
  constructor(load: () => Promise<StreamingDecoder>, tailMs: number) {
    this.#load = load;
    this.#surroundings = { ...USUAL_SURROUNDINGS, silence: (tailMs * DEFAULT_SAMPLE_RATE) / 1000 };
  }

  async recognize(excerpt: Excerpt): Promise<SegmentText> {
    const samples = excerpt.with(this.#surroundings);
    const speech = this.#speechOf(excerpt, samples.length - this.#surroundings.silence);
    if (speech === this.#open) this.#open = undefined;
    try {
      return timedText(await speech.decode(samples), excerpt, this.#surroundings);
    } finally {
      speech.release();
    }
  }

  async recognizePartial(excerpt: Excerpt): Promise<SegmentText> {
    const samples = excerpt.with(NO_SILENCE);
    const speech = this.#speechOf(excerpt, samples.length);
    if (speech !== this.#open) this.release();
    this.#open = speech;
    return timedText(await speech.decode(samples), excerpt, NO_SILENCE);
  }

  release(): void {
    this.#open?.release();
    this.#open = undefined;
  }

  /**
   * The open speech, if it is the same one and ends no earlier than what was decoded; else new speech. A segment that became
   * too long is cut before its end, and then decoded again.
   */
  #speechOf({ begin }: Excerpt, length: number): Speech {
    const open = this.#open;
    return open?.begin === begin && open.length <= length ? open : new Speech(begin, this.#load);
  }
}

/** A piece of speech that is decoded while it continues. */
class Speech {
  /** Its position in the stream, in samples. */
  readonly begin: number;
  readonly #decoder: Promise<SpeechDecoder>;
  #length = 0;
  #decoding: Promise<unknown> = Promise.resolve();

  constructor(begin: number, load: () => Promise<StreamingDecoder>) {
    this.begin = begin;
    this.#decoder = load().then((model) => model.begin());
  }

  /** Samples that were decoded. */
  get length(): number {
    return this.#length;
  }

  /** Decodes what is new. @param samples All samples since the begin. */
  decode(samples: Float32Array): Promise<SpeechResult> {
    const further = samples.slice(this.#length);
    this.#length = samples.length;
    const decoding = Promise.all([this.#decoder, this.#decoding]).then(([decoder]) =>
      decoder.decode(further),
    );
    this.#decoding = decoding;
    return decoding;
  }

  /** Frees the decoder, after the work in progress. */
  release(): void {
    void Promise.allSettled([this.#decoder, this.#decoding]).then(([decoder]) => {
      if (decoder.status === 'fulfilled') decoder.value.release();
    });
  }
}
