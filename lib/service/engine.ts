import type { Word } from '../sentence.ts';

/**
 * A speech recogniser for the local service. Its streams take mono s16le PCM, at 16 kHz or another rate of
 * {@link Engine.sampleRates}, and return sentences. It is independent of WebSockets and tasks. One engine serves many
 * streams at the same time and shares the CPU cores among them.
 */
export interface Engine {
  /** Name of its model, for reports. */
  readonly model: string;
  /** The languages that it recognises, as ISO 639 codes. The service refuses any other one. Empty: they are not known. */
  readonly languages: readonly string[];
  /** Sample rates of PCM that it takes, in Hz. Other audio is converted to 16 kHz. @default [16000] */
  readonly sampleRates?: readonly number[];
  /**
   * Whether its streams call {@link EngineStreamOptions.onUnrecognized}. For an engine that does not, the client guesses
   * from the audio whether speech was missed.
   * @default false
   */
  readonly reportsUnrecognized?: boolean;
  open(options: EngineStreamOptions): EngineStream;
  /** Frees the models. Streams that are still open fail. */
  close(): Promise<void>;
}

/** Options of one stream of an {@link Engine}. */
export interface EngineStreamOptions {
  /** Sample rate of the audio in Hz: 16000, or another of {@link Engine.sampleRates}. @default 16_000 */
  readonly sampleRate?: number;
  /** Language of the speech, when the client names it: one of {@link Engine.languages}. @default not known */
  readonly language?: string | undefined;
  /** Silence that ends a sentence, in ms. */
  readonly maxSentenceSilence: number;
  /** Whether partial results are used. If not, the engine need not compute them. */
  readonly partials: boolean;
  /** Called with each sentence, in order. Each partial replaces the one before. */
  readonly onSentence: (sentence: EngineSentence) => void;
  /**
   * Called with speech that was detected and whose words were not recognised: another language, or too much noise. It is
   * called in the order of the sentences: after the final sentence before it, and before the first partial of the next
   * one. Silence, music and noise are not reported. An engine that cannot know this never calls it.
   * @default not reported
   */
  readonly onUnrecognized?: ((speech: UnrecognizedSpeech) => void) | undefined;
}

/** Speech without words, in ms from the start of the stream. */
export interface UnrecognizedSpeech {
  readonly begin_time: number;
  readonly end_time: number;
}

/** Recognition of one stream of audio. */
export interface EngineStream {
  /** Length of the silence at the end of the audio written so far, in ms. Noise without speech counts as silence. */
  readonly silenceMs: number;
  /**
   * Takes audio in chunks of any size; a chunk may end within a sample. Resolves when there is room for more: a caller
   * that does not await it uses unbounded memory. Rejects when recognition has failed.
   */
  write(pcm: Buffer): Promise<void>;
  /** Ends the audio. Resolves after `onSentence` was called with the last sentence. */
  end(): Promise<void>;
  /** Stops at once. `onSentence` is not called again. */
  destroy(): void;
}

/** A sentence of an engine: times in ms from the start of the stream. */
export interface EngineSentence {
  readonly begin_time: number;
  /** Null in partials. */
  readonly end_time: number | null;
  readonly text: string;
  readonly words: Word[];
  /** ISO 639 code of its language, when the engine detected it. */
  readonly language?: string;
  /** Says that the times of its words were not measured. @default they were */
  readonly word_times?: 'estimated';
  /** Says that its words may be invented: the speech may be in a language that the engine does not know. */
  readonly doubtful?: true;
}
