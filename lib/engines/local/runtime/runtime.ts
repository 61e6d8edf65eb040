import type { PunctuationConfig, RecognizerConfig } from '../../models/local-model.ts';
import type { OfflineResult, SpeechResult } from './sherpa.ts';

/** A recognition model that is loaded. */
export interface Decoder {
  /**
   * Decodes one segment of speech without blocking the event loop.
   * @param samples Mono, 16 kHz, from -1 to 1.
   * @throws {FunAsrError} `E_ENGINE`
   */
  decode(samples: Float32Array): Promise<OfflineResult>;
}

/** A streaming model that is loaded. */
export interface StreamingDecoder {
  /** Begins to decode a piece of speech. */
  begin(): SpeechDecoder;
}

/** Decodes one piece of speech while it continues. */
export interface SpeechDecoder {
  /**
   * Decodes further samples. Calls are answered in their order.
   * @param samples Mono, 16 kHz, from -1 to 1. The model keeps the last ones, which do not fill a step, for the next call.
   * @returns What was found since the begin.
   * @throws {FunAsrError} `E_ENGINE`
   */
  decode(samples: Float32Array): Promise<SpeechResult>;
  /** Frees it. */
  release(): void;
}

/** A punctuation model that is loaded. */
export interface Punctuator {
  /**
   * Returns a text with marks of full width.
   * @throws {FunAsrError} `E_ENGINE`
   */
  addMarks(text: string): Promise<string>;
}

/** Finds speech in one stream of audio at a time. */
export interface VoiceDetector {
  /**
   * Decides for each window whether it is speech. Calls are answered in their order.
   * @param samples One or more whole windows. Mono, 16 kHz, from -1 to 1.
   * @throws {FunAsrError} `E_ENGINE`
   */
  detect(samples: Float32Array): Promise<readonly boolean[]>;
  /** Clears its state, for another stream. */
  reset(): void;
  /** Frees it. */
  release(): void;
}

/** Where the native library runs. */
export interface Runtime {
  /** @throws {FunAsrError} `E_ENGINE` */
  loadModel(config: RecognizerConfig): Promise<Decoder>;
  /** @throws {FunAsrError} `E_ENGINE` */
  loadStreamingModel(config: RecognizerConfig): Promise<StreamingDecoder>;
  /** @throws {FunAsrError} `E_ENGINE` */
  loadPunctuation(config: PunctuationConfig): Promise<Punctuator>;
  /** Opens a voice detector. It takes 10 MB and 40 ms. @param model Its file. */
  openDetector(model: string): VoiceDetector;
  /** Frees the models. Work in progress may fail. */
  close(): void;
}
