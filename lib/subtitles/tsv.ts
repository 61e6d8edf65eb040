import { checkOptions } from '../core/options.ts';
import type { Sentence } from '../sentence.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
import { lines } from './text.ts';
import { speakerPrefix } from './cues/speaker.ts';
import { speakerOf } from './cues/speaker.ts';
import { sentenceSpan } from './words/word-times.ts';
import { type SubtitleStream, writer } from './writer.ts';

/**
 * `Sentence` objects → tab-separated values in the format of the whisper program: a line `start`, `end`, `text`, then one
 * line for each final sentence with a text, times in integer milliseconds, nothing quoted. Tabs in a text become spaces.
 * When the speaker of the first sentence is known, the columns `channel` (from 0) and `speaker` come before the text. Otherwise a
 * speaker who is known later is before the text, as in plain text, because all lines have the same columns.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function tsv(options: StageOptions = {}): SubtitleStream {
  checkOptions('tsv', options, STAGE_RULES);
  let hasColumns = false;
  return writer(
    'tsv',
    lines,
    {
      head(first) {
        hasColumns = hasSpeaker(first);
        return hasColumns ? 'start\tend\tchannel\tspeaker\ttext\n' : 'start\tend\ttext\n';
      },
      item(sentence) {
        const { beginMs, endMs } = sentenceSpan(sentence);
        const speaker = speakerOf(sentence);
        const voice = hasColumns
          ? `${sentence.channel_id ?? ''}\t${speaker ?? ''}\t`
          : speakerPrefix(speaker);
        return `${beginMs}\t${endMs}\t${voice}${sentence.text}\n`;
      },
    },
    options,
  );
}

/** The service sets `channel_id` in every sentence: only a speaker shows that there are several. */
function hasSpeaker(sentence: Sentence | undefined): boolean {
  return sentence !== undefined && speakerOf(sentence) !== undefined;
}
