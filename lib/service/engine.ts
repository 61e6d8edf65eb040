import type { Word } from '../sentence.ts';

/**
 * A recogniser behind the local service. It knows nothing of WebSockets or tasks: mono s16le PCM goes in, of 16 kHz
 * unless it takes other rates, sentences come out. One engine serves many streams at once and shares the cores among them.
 */
export interface Engine {
  /** Name of the model behind it, for reports. */
  readonly model: string;
  /** The languages it recognises, as ISO 639-1 codes. Any other must be refused, never guessed. */
  readonly languages: readonly string[];
  /** Sample rates in Hz of PCM that it takes as it is; all else is converted to 16 kHz. @default [16000] */
  readonly sampleRates?: readonly number[];
  open(options: EngineStreamOptions): EngineStream;
  /** Frees the models. Streams still open fail. */
  close(): Promise<void>;
}

/** What one stream of audio asks of an {@link Engine}. */
export interface EngineStreamOptions {
  /** Of the audio, in Hz: 16000, or another of {@link Engine.sampleRates}. @default 16_000 */
  readonly sampleRate?: number;
  /** Silence after which a sentence ends, in ms. */
  readonly maxSentenceSilence: number;
  /** Whether anybody reads partial results: none are decoded otherwise. */
  readonly partials: boolean;
  /** Called with each sentence in order; partials of one sentence replace each other. */
  readonly onSentence: (sentence: EngineSentence) => void;
  /**
   * Called with speech that was detected and whose words were not recognised: another language, or too much noise. Comes
   * in the order of the sentences, after the final sentence before it and before the first partial of the next one.
   * Silence, music and noise are not reported. An engine that cannot know this never calls it.
   * @default not reported
   */
  readonly onUnrecognized?: ((speech: UnrecognizedSpeech) => void) | undefined;
}

/** Speech without words, in ms from the start of the stream. */
export interface UnrecognizedSpeech {
  readonly begin_time: number;
  readonly end_time: number;
}

/** One stream of audio on its way through an {@link Engine}. */
export interface EngineStream {
  /** Silence, or what is no speech, that the audio written so far ends with, in ms. */
  readonly silenceMs: number;
  /**
   * Takes audio cut anywhere, even within a sample. Resolves when there is room for more: not awaiting it
   * means unbounded memory. Rejects when recognition has failed.
   */
  write(pcm: Buffer): Promise<void>;
  /** No more audio. Resolves after the last sentence was given to `onSentence`. */
  end(): Promise<void>;
  /** Stops at once; nothing is given any more. */
  destroy(): void;
}

/** A sentence as an engine gives it: times in ms from the start of the stream. */
export interface EngineSentence {
  readonly begin_time: number;
  /** Null in partials. */
  readonly end_time: number | null;
  readonly text: string;
  readonly words: Word[];
}
