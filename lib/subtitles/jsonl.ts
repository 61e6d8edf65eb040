import type { Transform } from 'node:stream';
import { checkOptions } from '../options.ts';
import type { FinalSentence } from '../sentence.ts';
import { STAGE_RULES, type StageOptions } from '../stage.ts';
import { finals } from './sentence-end.ts';
import { writer } from './writer.ts';

/**
 * `Sentence` objects → JSON Lines: one line for each final sentence, nothing else, with every field that the
 * sentence has.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function jsonl(options: StageOptions = {}): Transform {
  checkOptions('jsonl', options, STAGE_RULES);
  return writer(finals, { item: (sentence) => `${jsonLine(sentence)}\n` }, options);
}

/** A sentence as JSON on one line. */
export function jsonLine(sentence: FinalSentence): string {
  // JSON allows these two inside a string, but programs that split text into lines take them for line ends.
  return JSON.stringify(sentence).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
