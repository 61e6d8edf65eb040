import { BYTES_PER_SAMPLE } from './pcm.ts';

/** Mean magnitude of 16-bit samples above which audio may contain speech: about −50 dB of full scale. */
const SPEECH_LEVEL = 100;
/** Only every n-th sample is read: enough to distinguish speech from silence. */
const STRIDE = 8;

/** Whether 16-bit PCM is loud enough to contain speech. */
export function isLoud(audio: Buffer): boolean {
  return isLoudMagnitude(meanMagnitude(audio));
}

/** Whether the mean magnitude of 16-bit samples shows that they may contain speech. */
export function isLoudMagnitude(magnitude: number): boolean {
  return magnitude > SPEECH_LEVEL;
}

/** Mean magnitude of 16-bit PCM, from every eighth sample; 0 when there is none. */
export function meanMagnitude(audio: Buffer): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at + 1 < audio.length; at += BYTES_PER_SAMPLE * STRIDE) {
    sum += Math.abs(audio.readInt16LE(at));
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** Level of s16le samples (root mean square) in dB of full scale; -Infinity for digital silence. */
export function levelOf(pcm: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < pcm.length; at += BYTES_PER_SAMPLE) sum += pcm.readInt16LE(at) ** 2;
  return 10 * Math.log10(sum / Math.floor(pcm.length / BYTES_PER_SAMPLE) / 0x8000 ** 2);
}
