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
  const violations = cues.flatMap(({ start, end, lines, words }, index) => {
    // Words that have the same time share a cue.
    const isAtOnce = words.slice(1).some(([word]) => word !== undefined && word.beginMs <= start);
    const isValid = {
      'integer times': Number.isInteger(start) && Number.isInteger(end),
      'no overlap': start >= (cues[index - 1]?.end ?? 0),
      'positive duration': end > start,
      'number of lines': lines.length > 0 && lines.length <= maxLineCount * (isAtOnce ? 2 : 1),
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
  [{ minCueDurationMs: 8000 }, 'minCueDurationMs must not be above the greatest duration of a cue, 7000 ms'],
  [{ minCueDurationMs: 2000, maxCueDurationMs: 1000 }, 'minCueDurationMs must not be above the greatest'],
])('refuses %j before anything starts', (options, message) => {
  expect(() => cuesOf([], options)).toThrowError(message);
  expect(() => cuesOf([], options)).toThrowError(expect.objectContaining({ code: 'E_OPTION' }));
});

const shown = (cues: readonly Cue[]) => cues.map(({ start, end, lines }) => [start, end, ...lines]);

it('closes short pauses between sentences', () => {
  const cues = cuesOf([
    finalSentence('We packed the old car in the morning.', 0, 3000),
    finalSentence('Then we drove north until it rained.', 3400, 6500),
  ]);
  expect(shown(cues)).toEqual([
    [0, 3317, 'We packed the old car in the morning.'],
    [3400, 6500, 'Then we drove north until it rained.'],
  ]);
});

it('joins short sentences, and sentences that begin at the same time', () => {
  const short = [
    finalSentence('Yes.', 0, 200),
    finalSentence('I know.', 300, 600),
    finalSentence('Go.', 700, 800),
  ];
  expect(shown(cuesOf(short))).toEqual([[0, 833, 'Yes. I know. Go.']]);
  const together = [
    finalSentence('First speaker says this much.', 1000, 3000),
    finalSentence('Hey!', 1000, 1400),
  ];
  expect(shown(cuesOf(together))).toEqual([[1000, 3000, 'First speaker says this much. Hey!']]);
});

it('keeps the pause after a word without duration', () => {
  const cues = cuesOf([
    finalSentence('I do not know. Maybe tomorrow.', 0, 4200, [
      [0, 200, 'I'],
      [200, 400, ' do'],
      [400, 600, ' not'],
      [800, 800, ' know', '.'],
      [3000, 3400, ' Maybe'],
      [3400, 4200, ' tomorrow', '.'],
    ]),
  ]);
  expect(shown(cues)).toEqual([
    [0, 1100, 'I do not know.'],
    [3000, 4200, 'Maybe tomorrow.'],
  ]);
});

it('separates speakers whom the service has numbered', () => {
  const sentence = finalSentence('Where were you? At home.', 0, 2000, [
    [0, 400, 'Where'],
    [400, 700, ' were'],
    [700, 1000, ' you', '?'],
    [1100, 1500, ' At'],
    [1500, 2000, ' home', '.'],
  ]);
  for (const [index, word] of sentence.words.entries()) word['speaker_id'] = index < 3 ? 0 : 1;
  expect(shown(cuesOf([sentence]))).toEqual([
    [0, 1017, 'Where were you?'],
    [1100, 2000, 'At home.'],
  ]);
});

it('lays a Chinese text with some kana out as Chinese', () => {
  const text = '我昨天在优の良品买了很多零食，味道非常好，价格也不贵，推荐大家去试一下。';
  const [first] = cuesOf([finalSentence(text, 0, 9000)]);
  expect(first?.lines).toEqual(['我昨天在优の良品买了很多零食，']);
});

it('notes the rules that the words of a cue do not allow to keep', () => {
  const step = cuesStep('srt', {});
  const fast = 'Nobody can read as much as this in the very short time of less than a second.';
  const cues = [
    ...step.feed(finalSentence(fast, 0, 900)),
    ...step.feed(finalSentence('No.', 1000, 2000)),
    ...step.end(),
  ];
  expect(cues[0]?.broken).toContain('cps');
  expect(step.warnings().map(({ code, message }) => [code, message])).toEqual([
    ['W_CPS', '1 cue above 20 characters per second'],
  ]);
});

it('can be flushed while the source is live: cues end with their last words then', () => {
  const step = cuesStep('srt', { live: true });
  expect([...step.feed(finalSentence('Yes.', 0, 300))]).toEqual([]);
  expect(shown([...step.flush()])).toEqual([[0, 300, 'Yes.']]);
  expect(shown([...step.feed(finalSentence('No.', 350, 900)), ...step.end()])).toEqual([[350, 1183, 'No.']]);
});
