import { FunAsrError } from '../../core/errors.ts';
import { anyObject, checkArgument, listOf } from '../../core/options.ts';

/** One sentence of a {@link Script}. Its number is its place there, from 1. */
export interface ScriptedSentence {
  /** In ms from the start of the audio. */
  readonly begin_time: number;
  /** In ms; after `begin_time`, and not after the `begin_time` of the next sentence. */
  readonly end_time: number;
  /** The text of the sentence. Several sentences may have the same. @default a text with the number and the times */
  readonly text?: string;
}

/** The content of self-describing audio: which sentences it contains, and when. */
export interface Script {
  /** Length of the audio, in whole ms. */
  readonly durationMs: number;
  /** In the order of time, with silence in between. */
  readonly sentences: readonly ScriptedSentence[];
}

/** A sentence number has 16 bits in the audio, and 0 means silence. */
const MAX_SENTENCES = 0xffff;
/** Within the 37 hours that the position code can count at 16 kHz. */
export const MAX_DURATION_MS: number = 36 * 3_600_000;

/**
 * Checks that a script can be rendered.
 * @throws {FunAsrError} `E_OPTION`, with the number of the sentence.
 */
export function checkScript(script: Script): void {
  checkScriptShape(script);
  const { durationMs, sentences } = script;
  if (!Number.isInteger(durationMs) || durationMs < 0 || durationMs > MAX_DURATION_MS) {
    throw invalid(`durationMs must be an integer from 0 to ${MAX_DURATION_MS}, got ${durationMs}`);
  }
  if (sentences.length > MAX_SENTENCES) throw invalid(`there may be at most ${MAX_SENTENCES} sentences`);
  let end = 0;
  for (const [index, { begin_time, end_time }] of sentences.entries()) {
    const isWhole = Number.isInteger(begin_time) && Number.isInteger(end_time);
    if (!isWhole || begin_time < end || end_time <= begin_time || end_time > durationMs) {
      throw invalid(
        `sentence ${index + 1} must be after the previous one and within the audio, in whole ms, got ${begin_time}-${end_time}`,
      );
    }
    end = end_time;
  }
}

/**
 * Checks that a value has the shape of a script. Times are not checked.
 * @throws {FunAsrError} `E_OPTION`
 */
export function checkScriptShape(script: unknown): void {
  checkArgument('script', 'a script', script, anyObject);
  const { sentences }: { readonly sentences?: unknown } = Object(script);
  checkArgument('script', 'the sentences', sentences, listOf(anyObject));
}

function invalid(reason: string): FunAsrError {
  return new FunAsrError('E_OPTION', `script: ${reason}`);
}
