import type { Transform } from 'node:stream';
import { checkOptions } from '../options.ts';
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

/** What JSON allows inside a string, while others take it for a line end, and terminals for a command. */
const NOT_PLAIN = /[\u007f-\u009f\u2028\u2029]/g;

/** A value as JSON on one line, for any reader of lines and any terminal. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replaceAll(
    NOT_PLAIN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
