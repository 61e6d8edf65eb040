import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import type { FinalSentence } from '../../../lib/sentence.ts';
import { cuesStep } from '../../../lib/subtitles/cues/cue-step.ts';
import type { Cue } from '../../../lib/subtitles/cues/cues.ts';
import {
  bare,
  finalSentence,
  hostileSentences,
  readable,
  partial,
  spokenSentences,
} from './final-sentence.ts';

function cuesOf(sentences: readonly FinalSentence[], options = {}): Cue[] {
  const step = cuesStep('srt', options);
  return [...sentences.flatMap((sentence) => [...step.feed(sentence)]), ...step.end()];
}

/** Checks cues. Returns the rules that they violate. */
function violationsOf(
  cues: readonly Cue[],
  sentences: readonly FinalSentence[],
  maxLineWidth = 42,
  maxLineCount = 2,
): string[] {
  const violations = cues.flatMap(({ start, end, lines }, index) => {
    const isValid = {
      'integer times': Number.isInteger(start) && Number.isInteger(end),
      'no overlap': start >= (cues[index - 1]?.end ?? 0),
      'positive duration': end > start,
      'number of lines': lines.length > 0 && lines.length <= maxLineCount,
      'no blank line': lines.every((line) => line !== '' && line.trim() === line),
      'no control character': lines.every((line) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)),
      'line width': lines.every((line) => stringWidth(line) <= maxLineWidth),
    };
    return Object.entries(isValid).flatMap(([rule, valid]) => (valid ? [] : [`${index + 1}: ${rule}`]));
  });
  const isWhole = bare(cues.flatMap(({ lines }) => lines).join('')) === readable(sentences);
  return isWhole ? violations : [...violations, 'the text differs from the sentences'];
}

it('makes valid cues of any spoken text, without loss', () => {
  fc.assert(
    fc.property(spokenSentences, (sentences) => {
      expect(violationsOf(cuesOf(sentences), sentences)).toEqual([]);
    }),
  );
});

it('makes valid cues of invalid times and hostile text, without loss', () => {
  fc.assert(
    fc.property(hostileSentences, (sentences) => {
      expect(violationsOf(cuesOf(sentences), sentences)).toEqual([]);
    }),
  );
});

it('makes valid cues with narrow lines, without loss', () => {
  fc.assert(
    fc.property(hostileSentences, fc.constantFrom(1, 2), (sentences, maxLineCount) => {
      const cues = cuesOf(sentences, { language: 'en', maxLineWidth: 16, maxLineCount });
      expect(violationsOf(cues, sentences, 16, maxLineCount)).toEqual([]);
    }),
  );
});

it('uses the rules of the script of each sentence, unless a language is given', () => {
  const chinese = finalSentence('我们今天去北京大学听了一场讲座，大家都很满意。', 0, 4000);
  expect(cuesOf([chinese])).toHaveLength(1);
  expect(cuesOf([chinese])[0]?.lines).toHaveLength(2);
  expect(cuesOf([chinese], { language: 'en' })[0]?.lines).toHaveLength(2);
  expect(cuesOf([chinese], { language: 'en', maxLineWidth: 46 })[0]?.lines).toHaveLength(1);
});

it('ignores partial sentences', () => {
  const sentence = finalSentence('Yes.', 0, 900);
  const step = cuesStep('srt', {});
  expect([...step.feed(partial(sentence)), ...step.end()]).toEqual([]);
});

it.each([
  [{ language: 'fr' }, 'language must be one of en, zh, ja, ko'],
  [{ maxLineWidth: 5 }, 'maxLineWidth must be an integer from 10 to 200 half-width units'],
  [{ maxLineCount: 3 }, 'maxLineCount must be one of 1, 2'],
  [{ line_width: 42 }, 'there is no option line_width'],
])('refuses %j before anything starts', (options, message) => {
  expect(() => cuesOf([], options)).toThrowError(message);
  expect(() => cuesOf([], options)).toThrowError(expect.objectContaining({ code: 'E_OPTION' }));
});
