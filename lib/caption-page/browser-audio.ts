import { asFunAsrError, type FunAsrError } from '../core/errors.ts';
import type { RecognizeStream } from '../recognition/events/recognize-events.ts';
import { recognize, type RecognizeOptions } from '../recognize.ts';
import type { Sentence } from '../sentence.ts';

/** Receives what becomes of the audio of a browser. */
export interface AudioListener {
  onSentence(sentence: Sentence): void;
  onRoom(): void;
  onWarning(warning: FunAsrError): void;
  /** All audio is recognised. */
  onEnd(): void;
  onError(error: FunAsrError): void;
}

/** Where a piece of audio lies in its session: it begins at this time, after the sentence with this id. */
export interface AudioStart {
  readonly positionMs: number;
  readonly sentenceId: number;
}

/** Recognises the audio that a browser sends between two pauses or connections. */
export class BrowserAudio {
  readonly #recognizer: RecognizeStream;
  /** Resolves when everything that it used is released. */
  readonly closed: Promise<void>;

  /** @throws {FunAsrError} as `recognize`. */
  constructor(options: RecognizeOptions, start: AudioStart, listener: AudioListener) {
    const recognizer = recognize(options);
    this.#recognizer = recognizer;
    this.closed = new Promise((resolve) => recognizer.once('close', resolve));
    recognizer.on('data', (sentence) => listener.onSentence(moved(sentence, start)));
    recognizer.on('drain', () => listener.onRoom());
    recognizer.on('warning', (warning) => listener.onWarning(warning));
    recognizer.on('end', () => listener.onEnd());
    recognizer.on('error', (error) => listener.onError(asFunAsrError(error)));
  }

  /** Takes audio. @returns Whether there is room for more; if not, `onRoom` is called once there is. */
  write(pcm: Buffer): boolean {
    return this.#recognizer.write(pcm);
  }

  /** The audio has ended. The last sentences follow. */
  end(): void {
    this.#recognizer.end();
  }

  /** Stops at once. The listener is not called again. */
  destroy(): void {
    this.#recognizer.removeAllListeners('data').removeAllListeners('end');
    this.#recognizer.removeAllListeners('error').on('error', () => {});
    this.#recognizer.destroy();
  }
}

/** A sentence whose times and number count from the start of the session. */
function moved(sentence: Sentence, { positionMs, sentenceId }: AudioStart): Sentence {
  const { begin_time, end_time, words } = sentence;
  return {
    ...sentence,
    sentence_id: sentence.sentence_id + sentenceId,
    begin_time: begin_time + positionMs,
    end_time: end_time === null ? null : end_time + positionMs,
    words: words.map((word) => ({
      ...word,
      begin_time: word.begin_time + positionMs,
      // Cloud services leave it out of words that are not final.
      end_time: typeof word.end_time === 'number' ? word.end_time + positionMs : word.end_time,
    })),
  };
}
