import { checkOptions } from '../core/options.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
import { jsonLine } from '../core/json-line.ts';
import { finals } from './sentence-end.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → one JSON document: an array of the final sentences, with all their fields. Each sentence is
 * written when it arrives, so the document is valid only when the stream has ended.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function json(options: StageOptions = {}): SubtitleStream {
  checkOptions('json', options, STAGE_RULES);
  return writer(
    'json',
    finals,
    {
      head: '[',
      item: (sentence, index) => `${index > 0 ? ',' : ''}\n${jsonLine(sentence)}`,
      tail: '\n]\n',
    },
    options,
  );
}
