import { checkOptions } from '../core/options.ts';
import type { FinalSentence, Sentence } from '../sentence.ts';
import { STAGE_RULES, type StageOptions, type Step } from '../core/stage.ts';
import { speakerPrefix } from './cues/cue-step.ts';
import { speakerOf } from './cues/cues.ts';
import { oneLine } from './one-line.ts';
import { finals } from './sentence-end.ts';
import { type SubtitleStream, writer } from './writer.ts';

/** Passes final sentences with a text on, and puts the text on one line. */
export const lines: Step<Sentence, FinalSentence> = {
  *feed(sentence) {
    for (const final of finals.feed(sentence)) {
      const line = oneLine(final.text);
      if (line) yield { ...final, text: line };
    }
  },
  end: () => [],
};

/**
 * `Sentence` objects → plain text: one line for each final sentence that has a text, after the name of its
 * speaker (`Ann: `) when that is known.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function text(options: StageOptions = {}): SubtitleStream {
  checkOptions('text', options, STAGE_RULES);
  return writer(
    'text',
    lines,
    { item: (sentence) => `${speakerPrefix(speakerOf(sentence))}${sentence.text}\n` },
    options,
  );
}
