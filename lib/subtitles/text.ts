import { boolean, checkOptions, oneOf, type Rules } from '../core/options.ts';
import type { FinalSentence, Sentence } from '../sentence.ts';
import { STAGE_RULES, type Step } from '../core/stage.ts';
import { speakerPrefix } from './cues/speaker.ts';
import { speakerOf } from './cues/speaker.ts';
import { sentenceSpan } from './words/word-times.ts';
import { spaceBetween } from '../core/text/join-text.ts';
import { oneLine } from './words/one-line.ts';
import { finals } from './sentence-end.ts';
import { type LineEndOptions, type SubtitleStream, writer } from './writer.ts';

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

/** Options of {@link text}. */
export interface TextOptions extends LineEndOptions {
  /**
   * Whether the sentences form paragraphs, with an empty line between them. A paragraph ends at a pause of 2 seconds, and
   * where the speaker changes. @default false: each sentence is a line
   */
  readonly paragraphs?: boolean | undefined;
}

/** The rules of {@link TextOptions}. */
export const TEXT_RULES: Rules<TextOptions> = {
  ...STAGE_RULES,
  newline: oneOf('lf', 'crlf'),
  bom: boolean,
  paragraphs: boolean,
};

/**
 * `Sentence` objects → plain text: one line for each final sentence that has a text, or paragraphs. The name of the
 * speaker (`Ann: `) is before a line or paragraph when it is known.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function text(options: TextOptions = {}): SubtitleStream {
  checkOptions('text', options, TEXT_RULES);
  if (options.paragraphs) return writer('text', paragraphStep(), { item: (part) => part }, options);
  return writer('text', lines, { item: (sentence) => `${withSpeaker(sentence)}\n` }, options);
}

const PARAGRAPH_PAUSE_MS = 2000;

/** Returns each sentence with what separates it from the one before. Paragraphs are not held back. */
function paragraphStep(): Step<Sentence, string> {
  let last: FinalSentence | undefined;
  return {
    *feed(sentence) {
      for (const next of lines.feed(sentence)) {
        if (last === undefined) yield withSpeaker(next);
        else if (isNewParagraph(last, next)) yield `\n\n${withSpeaker(next)}`;
        else yield spaceBetween(last.text, next.text) + next.text;
        last = next;
      }
    },
    end: () => (last === undefined ? [] : ['\n']),
  };
}

function isNewParagraph(last: FinalSentence, next: FinalSentence): boolean {
  const pauseMs = sentenceSpan(next).beginMs - sentenceSpan(last).endMs;
  return pauseMs >= PARAGRAPH_PAUSE_MS || speakerOf(last) !== speakerOf(next);
}

function withSpeaker(sentence: FinalSentence): string {
  return speakerPrefix(speakerOf(sentence)) + sentence.text;
}
