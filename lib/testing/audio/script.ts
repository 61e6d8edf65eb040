import { FunAsrError } from '../../core/errors.ts';

/** One sentence that is spoken in a {@link Script}; its number is its place there, from 1. */
export interface ScriptedSentence {
  /** In ms from the start of the audio. */
  readonly begin_time: number;
  /** In ms; later than its begin, and not later than the begin of the sentence that follows. */
  readonly end_time: number;
  /** What is said. Several sentences may say the same. @default a text that tells number and times */
  readonly text?: string;
}

/** What is said in a piece of self-describing audio, and when. */
export interface Script {
  /** Length of the audio, in whole ms. */
  readonly durationMs: number;
  /** In the order of time; between them is silence. */
  readonly sentences: readonly ScriptedSentence[];
}

/** A number of a sentence has 16 bits in the audio, and 0 is silence. */
const MAX_SENTENCES = 0xffff;
/** A position has 28 bits, counted in half milliseconds (16 kHz). */
export const MAX_DURATION_MS: number = 36 * 3_600_000;

/**
 * Refuses a script that cannot be spoken.
 * @throws {FunAsrError} `E_OPTION`, naming the sentence.
 */
export function checkScript({ durationMs, sentences }: Script): void {
  if (!Number.isInteger(durationMs) || durationMs < 0 || durationMs > MAX_DURATION_MS) {
    throw broken(`durationMs must be an integer from 0 to ${MAX_DURATION_MS}, got ${durationMs}`);
  }
  if (sentences.length > MAX_SENTENCES) throw broken(`there may be at most ${MAX_SENTENCES} sentences`);
  let end = 0;
  for (const [index, { begin_time, end_time }] of sentences.entries()) {
    const isWhole = Number.isInteger(begin_time) && Number.isInteger(end_time);
    if (!isWhole || begin_time < end || end_time <= begin_time || end_time > durationMs) {
      throw broken(
        `sentence ${index + 1} must lie after the one before and within the audio, in whole ms; it is ${begin_time}-${end_time}`,
      );
    }
    end = end_time;
  }
}

function broken(reason: string): FunAsrError {
  return new FunAsrError('E_OPTION', `script: ${reason}`);
}
