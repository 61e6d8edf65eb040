import { FunAsrError } from '../core/errors.ts';
import type { AudioFormat } from './audio-format.ts';
import { type FileType, fileTypeOf, HEAD_BYTES } from './file-type.ts';

/**
 * Holds back the first bytes of the audio until they can be identified, and compares them with the declared format:
 * the service would recognise wrongly declared audio as silence or as noise.
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
   * Takes the next bytes. @returns The bytes that may be sent: none until the audio is identified.
   * @throws {FunAsrError} `E_PARAM`, naming what the audio is and what to declare or convert.
   */
  feed(bytes: Buffer): Buffer {
    if (!this.#head) return bytes;
    // A copy: the caller may reuse its buffer.
    this.#head = Buffer.concat([this.#head, bytes]);
    return this.#head.length < HEAD_BYTES ? Buffer.alloc(0) : this.end();
  }

  /** Ends the input. @returns The bytes that were still held back. @throws {FunAsrError} as {@link feed} does. */
  end(): Buffer {
    const head = this.#head;
    if (!head) return Buffer.alloc(0);
    this.#head = undefined;
    if (head.length > 0) this.#check(fileTypeOf(head));
    return head;
  }

  #check(found: FileType | undefined): void {
    const { name, format, sampleRate = this.#sampleRate, channels = 1 } = found ?? {};
    if (this.#format === 'pcm' && (!found || found.guess)) return;
    if (!name)
      throw mismatch(`the audio is not ${this.#format}`, 'Declare its real format, or decode() it to PCM.');
    if (format !== this.#format) {
      const action = format
        ? `Declare format: '${format}', or`
        : 'The service does not accept that undecoded:';
      throw mismatch(`the audio is ${name}, not ${this.#format}`, `${action} decode() it to PCM.`);
    }
    if (channels !== 1)
      throw mismatch(`the audio has ${channels} channels`, 'The service accepts one: decode() mixes them.');
    if (sampleRate !== this.#sampleRate) {
      throw mismatch(
        `the sample rate of the audio is ${sampleRate} Hz, not ${this.#sampleRate} Hz as declared`,
        `Declare sampleRate: ${sampleRate} if the model accepts it, or decode() to the rate of the model.`,
      );
    }
  }
}

function mismatch(message: string, hint: string): FunAsrError {
  return new FunAsrError('E_PARAM', message, { hint });
}
