import { FunAsrError } from '../../core/errors.ts';
import type { CaptureSource } from './capture-arguments.ts';
import { levelOf } from '../../media/loudness.ts';
import { bytesOf } from '../../media/pcm.ts';

/** So long a device may give nothing but zeros: no open microphone does, however quiet the room. */
const SILENT_MS = 5_000;

/** Notices a device that gives digital silence from its start. */
export class SilenceWatch {
  readonly #limit: number;
  #bytes = 0;
  #isDecided = false;

  constructor(sampleRate: number) {
    this.#limit = bytesOf(SILENT_MS, sampleRate);
  }

  /** @returns True once, when there was nothing but silence for too long. */
  feed(pcm: Buffer): boolean {
    if (this.#isDecided) return false;
    this.#bytes += pcm.length;
    const isHeard = levelOf(pcm) > Number.NEGATIVE_INFINITY;
    this.#isDecided = isHeard || this.#bytes >= this.#limit;
    return this.#isDecided && !isHeard;
  }
}

export function captureSilent({ driver, device }: CaptureSource): FunAsrError {
  return new FunAsrError('W_CAPTURE_SILENT', `${driver} ${device}: it gives nothing but silence`, {
    hint: 'Look whether it is muted, and whether this program is allowed the microphone in the privacy settings of the system.',
  });
}
