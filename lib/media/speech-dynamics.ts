import { meanMagnitude } from './loudness.ts';

/** Pieces of 100 ms that are compared with each other: two seconds. */
const WINDOW = 20;
/** Shorter audio is not judged. */
export const MIN_WINDOW = 10;
/** Loud parts of speech are at least about −40 dB of full scale. */
const CLEAR_SPEECH_LEVEL = 330;
/** Minimum ratio of the loud parts of speech to its pauses within two seconds (14 dB). Source: measured. */
const SPEECH_RANGE = 5;
/** Windows begin one second apart. Two that match must not overlap, because one loud sound is part of two windows. */
const MIN_DISTANCE = 2;

/**
 * Whether audio changes its loudness as clear speech does, between syllables and pauses. Steady noise and most music
 * change far less.
 * @param pieces 16-bit PCM, in pieces of 100 ms.
 */
export function hasSpeechDynamics(pieces: Iterable<Buffer>): boolean {
  let window: number[] = [];
  let windows = 0;
  let matches = 0;
  let firstMatch = Infinity;
  for (const piece of pieces) {
    window.push(meanMagnitude(piece));
    if (window.length < WINDOW) continue;
    if (changesLikeSpeech(window)) {
      matches += 1;
      firstMatch = Math.min(firstMatch, windows);
      if (windows - firstMatch >= MIN_DISTANCE) return true;
    }
    windows += 1;
    window = window.slice(WINDOW / 2);
  }
  if (windows === 0) return window.length >= MIN_WINDOW && changesLikeSpeech(window);
  // Short audio has no two windows that do not overlap.
  return windows <= MIN_DISTANCE && matches > 0;
}

/** @param window Mean magnitudes of consecutive pieces of 100 ms. */
export function changesLikeSpeech(window: readonly number[]): boolean {
  const sorted = window.toSorted((a, b) => a - b);
  const quiet = sorted[Math.floor(window.length * 0.1)] ?? 0;
  const loud = sorted[Math.floor(window.length * 0.9)] ?? 0;
  return loud > CLEAR_SPEECH_LEVEL && loud > SPEECH_RANGE * quiet;
}
