import { jsonLine } from '../core/json-line.ts';
import { checkOptions } from '../core/options.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
import { finals } from './sentence-end.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → JSON Lines: one line for each final sentence, with all its fields, and nothing else.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function jsonl(options: StageOptions = {}): SubtitleStream {
  checkOptions('jsonl', options, STAGE_RULES);
  return writer('jsonl', finals, { item: (sentence) => `${jsonLine(sentence)}\n` }, options);
}
