import type { Transform } from 'node:stream';
import { jsonLine } from '../core/json-line.ts';
import { checkOptions } from '../core/options.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
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
