import { checkOptions } from '../core/options.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
import { lines } from './text.ts';
import { sentenceSpan } from './cues/word-times.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → tab-separated values in the format of the whisper program: a line `start`, `end`, `text`, then one
 * line for each final sentence with a text, times in integer milliseconds, nothing quoted. Tabs in a text become spaces.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function tsv(options: StageOptions = {}): SubtitleStream {
  checkOptions('tsv', options, STAGE_RULES);
  return writer(
    'tsv',
    lines,
    {
      head: 'start\tend\ttext\n',
      item(sentence) {
        const { beginMs, endMs } = sentenceSpan(sentence);
        return `${beginMs}\t${endMs}\t${sentence.text}\n`;
      },
    },
    options,
  );
}
