import { FunAsrError } from '../../core/errors.ts';
import {
  type AudioIdentity,
  type EncodedFormat,
  IDENTITY_BYTES,
  identifyAudio,
} from '../../media/audio-identity.ts';

/** What the bytes that are sent may be. */
export const AUDIO_FORMATS = ['pcm', 'wav', 'mp3', 'opus', 'speex', 'aac', 'amr'] as const;

/** The `format` of a task: raw PCM, or encoded audio as it is. */
export type AudioFormat = 'pcm' | EncodedFormat;

/**
 * Holds the first bytes of the audio back until they tell what it is, and compares that with what was declared:
 * the service would take a wrong declaration for silence, or for noise.
 */
export class FormatCheck {
  readonly #format: AudioFormat;
  readonly #sampleRate: number;
  #head: Buffer | undefined = Buffer.alloc(0);

  constructor(format: AudioFormat, sampleRate: number) {
    this.#format = format;
    this.#sampleRate = sampleRate;
  }

  /**
   * Takes the next bytes. @returns Those that may be sent: none while it is not sure.
   * @throws {FunAsrError} `E_PARAM`, saying what the audio is and what to declare or convert.
   */
  feed(bytes: Buffer): Buffer {
    if (!this.#head) return bytes;
    // A copy: the giver may use its buffer again.
    this.#head = Buffer.concat([this.#head, bytes]);
    return this.#head.length < IDENTITY_BYTES ? Buffer.alloc(0) : this.end();
  }

  /** No more bytes. @returns What was still held back. @throws {FunAsrError} as {@link feed} does. */
  end(): Buffer {
    const head = this.#head;
    if (!head) return Buffer.alloc(0);
    this.#head = undefined;
    if (head.length > 0) this.#check(identifyAudio(head));
    return head;
  }

  #check(found: AudioIdentity | undefined): void {
    const { name, format, sampleRate = this.#sampleRate, channels = 1 } = found ?? {};
    if (this.#format === 'pcm' && (!found || found.isGuess)) return;
    if (!name)
      throw mismatch(`the audio is not ${this.#format}`, 'Declare what it is, or decode() it to PCM.');
    if (format !== this.#format) {
      const declare = format ? `Declare format: '${format}', or` : 'The service does not take that as it is:';
      throw mismatch(`the audio is ${name}, not ${this.#format}`, `${declare} decode() it to PCM.`);
    }
    if (channels !== 1)
      throw mismatch(`the audio has ${channels} channels`, 'The service takes one: decode() mixes them.');
    if (sampleRate !== this.#sampleRate) {
      throw mismatch(
        `the audio has ${sampleRate} Hz, declared are ${this.#sampleRate} Hz`,
        `Declare sampleRate: ${sampleRate} if the model takes it, or decode() to the rate of the model.`,
      );
    }
  }
}

function mismatch(message: string, hint: string): FunAsrError {
  return new FunAsrError('E_PARAM', message, { hint });
}
