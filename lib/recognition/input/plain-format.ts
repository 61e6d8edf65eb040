import type { FunAsrError } from '../../core/errors.ts';
import { BYTES_PER_SAMPLE } from '../../media/pcm.ts';
import type { InputFormat } from './input-format.ts';

/** No codec that the service takes needs less than 4 kbit/s. */
export const MIN_BYTES_PER_MS: number = 0.5;
/** A sentence that does not end within this time is not speech. */
export const MAX_SENTENCE_MS: number = 10 * 60 * 1000;
/** For encoded audio: as much as ten minutes of PCM at 16 kHz. */
const MAX_ENCODED_BYTES = 10 * 60 * 32_000;

/** Bytes that are sent as they come: PCM at a constant rate, or encoded audio whose bytes have no time. */
export class PlainFormat implements InputFormat {
  readonly isTimed: boolean;
  readonly maxMs: number;
  readonly #bytesPerMs: number;
  readonly #unitBytes: number;

  /**
   * @param pcmBytesPerMs Undefined for encoded audio.
   * @param maxBytes @default ten minutes of PCM, 19.2 MB encoded
   */
  constructor(pcmBytesPerMs: number | undefined, maxBytes?: number) {
    this.isTimed = pcmBytesPerMs !== undefined;
    this.#unitBytes = this.isTimed ? BYTES_PER_SAMPLE : 1;
    this.#bytesPerMs = pcmBytesPerMs ?? MIN_BYTES_PER_MS;
    const preset = pcmBytesPerMs === undefined ? MAX_ENCODED_BYTES : MAX_SENTENCE_MS * pcmBytesPerMs;
    this.maxMs = (maxBytes ?? preset) / this.#bytesPerMs;
  }

  unpack(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  end(): readonly FunAsrError[] {
    return [];
  }

  msAt(position: number): number {
    return position / this.#bytesPerMs;
  }

  positionAt(ms: number): number {
    return this.floor(ms * this.#bytesPerMs);
  }

  floor(position: number): number {
    return Math.floor(position / this.#unitBytes) * this.#unitBytes;
  }

  reach(from: number, maxBytes: number): number {
    return from + maxBytes;
  }

  release(): void {}

  pack(audio: Buffer): Buffer {
    return audio;
  }
}
