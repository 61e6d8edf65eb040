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

/** The rules that some cues break; none when they are sound. */
function flawsOf(
  cues: readonly Cue[],
  sentences: readonly FinalSentence[],
  maxLineWidth = 42,
  maxLineCount = 2,
): string[] {
  const flaws = cues.flatMap(({ start, end, lines }, index) => {
    const isRight = {
      'integer times': Number.isInteger(start) && Number.isInteger(end),
      'no overlap': start >= (cues[index - 1]?.end ?? 0),
      'positive duration': end > start,
      'number of lines': lines.length > 0 && lines.length <= maxLineCount,
      'no blank line': lines.every((line) => line !== '' && line.trim() === line),
      'no control character': lines.every((line) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)),
      'line width': lines.every((line) => stringWidth(line) <= maxLineWidth),
    };
    return Object.entries(isRight).flatMap(([rule, right]) => (right ? [] : [`${index + 1}: ${rule}`]));
  });
  const isWhole = bare(cues.flatMap(({ lines }) => lines).join('')) === readable(sentences);
  return isWhole ? flaws : [...flaws, 'the text is not that of the sentences'];
}

it('whatever was spoken: nothing lost, doubled or reordered, no overlap, no empty cue, lines that fit', () => {
  fc.assert(
    fc.property(spokenSentences, (sentences) => {
      expect(flawsOf(cuesOf(sentences), sentences)).toEqual([]);
    }),
  );
});

it('the same holds for broken times and hostile text', () => {
  fc.assert(
    fc.property(hostileSentences, (sentences) => {
      expect(flawsOf(cuesOf(sentences), sentences)).toEqual([]);
    }),
  );
});

it('the same holds for narrow lines', () => {
  fc.assert(
    fc.property(hostileSentences, fc.constantFrom(1, 2), (sentences, maxLineCount) => {
      const cues = cuesOf(sentences, { language: 'en', maxLineWidth: 16, maxLineCount });
      expect(flawsOf(cues, sentences, 16, maxLineCount)).toEqual([]);
    }),
  );
});

it('each sentence follows the customs of its own script, unless a language is given', () => {
  const chinese = finalSentence('我们今天去北京大学听了一场讲座，大家都很满意。', 0, 4000);
  expect(cuesOf([chinese])).toHaveLength(1);
  expect(cuesOf([chinese])[0]?.lines).toHaveLength(2);
  expect(cuesOf([chinese], { language: 'en' })[0]?.lines).toHaveLength(2);
  expect(cuesOf([chinese], { language: 'en', maxLineWidth: 46 })[0]?.lines).toHaveLength(1);
});

it('partial sentences are ignored', () => {
  const sentence = finalSentence('Yes.', 0, 900);
  const step = cuesStep('srt', {});
  expect([...step.feed(partial(sentence)), ...step.end()]).toEqual([]);
});

it.each([
  [{ language: 'fr' }, 'language must be one of en, zh, ja, ko'],
  [{ maxLineWidth: 5 }, 'maxLineWidth must be an integer from 10 to 200 half-width units'],
  [{ maxLineCount: 3 }, 'maxLineCount must be one of 1, 2'],
  [{ line_width: 42 }, 'there is no option line_width'],
])('%j is refused before anything starts', (options, message) => {
  expect(() => cuesOf([], options)).toThrowError(message);
  expect(() => cuesOf([], options)).toThrowError(expect.objectContaining({ code: 'E_OPTION' }));
});
