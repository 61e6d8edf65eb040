import { meanMagnitude } from './loudness.ts';

/** Pieces of 100 ms that are compared with each other: two seconds. */
const WINDOW = 20;
/** Shorter audio is not judged. */
export const MIN_WINDOW = 10;
/** Loud parts of speech are at least about −40 dB of full scale. */
const CLEAR_SPEECH_LEVEL = 330;
/** Within two seconds the loud parts of speech are so many times louder than its pauses (14 dB). Source: measured. */
const SPEECH_RANGE = 5;
/** One window of longer audio proves nothing: a door slams, too. */
const MIN_MATCHES = 2;

/**
 * Whether audio changes its loudness as clear speech does, between syllables and pauses. Steady noise and most music
 * change far less.
 * @param pieces 16-bit PCM, in pieces of 100 ms.
 */
export function hasSpeechDynamics(pieces: Iterable<Buffer>): boolean {
  let window: number[] = [];
  let windows = 0;
  let matches = 0;
  for (const piece of pieces) {
    window.push(meanMagnitude(piece));
    if (window.length < WINDOW) continue;
    windows += 1;
    if (changesLikeSpeech(window)) matches += 1;
    if (matches === MIN_MATCHES) return true;
    window = window.slice(WINDOW / 2);
  }
  if (windows === 0) return window.length >= MIN_WINDOW && changesLikeSpeech(window);
  return windows === 1 && matches === 1;
}

/** @param window Mean magnitudes of consecutive pieces of 100 ms. */
export function changesLikeSpeech(window: readonly number[]): boolean {
  const sorted = window.toSorted((a, b) => a - b);
  const quiet = sorted[Math.floor(window.length * 0.1)] ?? 0;
  const loud = sorted[Math.floor(window.length * 0.9)] ?? 0;
  return loud > CLEAR_SPEECH_LEVEL && loud > SPEECH_RANGE * quiet;
}
