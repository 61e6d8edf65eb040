import { FunAsrError } from '../../core/errors.ts';
import type { CaptureSource } from './capture-arguments.ts';
import { levelOf } from '../../media/loudness.ts';
import { bytesOf } from '../../media/pcm.ts';

/** Duration of zeros after which a device counts as silent: an open microphone always delivers some noise. */
const SILENT_MS = 5_000;

/** Detects a device that delivers digital silence from its start. */
export class SilenceDetector {
  readonly #limit: number;
  #bytes = 0;
  #isDecided = false;

  constructor(sampleRate: number) {
    this.#limit = bytesOf(SILENT_MS, sampleRate);
  }

  /** @returns True once, when the limit of silence is reached. */
  feed(pcm: Buffer): boolean {
    if (this.#isDecided) return false;
    this.#bytes += pcm.length;
    const isSound = levelOf(pcm) > Number.NEGATIVE_INFINITY;
    this.#isDecided = isSound || this.#bytes >= this.#limit;
    return this.#isDecided && !isSound;
  }
}

/** The warning for a device that delivers digital silence. */
export function captureSilent({ driver, device }: CaptureSource): FunAsrError {
  return new FunAsrError('W_CAPTURE_SILENT', `${driver} ${device}: the device gives only silence`, {
    hint: 'Check that it is not muted, and that the privacy settings of the system allow this program to use the microphone.',
  });
}
