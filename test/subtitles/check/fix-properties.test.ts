import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fix, type FixOptions } from '../../../lib/subtitles/check/fix.ts';
import { lint } from '../../../lib/subtitles/check/lint.ts';
import { srtFile, type TestCue, vttFile } from './subtitle-text.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const WORDS = [
  'the',
  'of',
  'I',
  'a',
  'Mr.',
  'house,',
  'remarkable',
  'see',
  'it.',
  '<i>very</i>',
  '…',
  '(no)',
  '$',
  '5',
];
const CHINESE = [
  '今天',
  '天气',
  '，',
  '。',
  '公园',
  '「',
  '」',
  '我们',
  ' ',
  'Node.js',
  '3',
  '个',
  '<i>',
  '</i>',
  '学校',
  '！',
];

const line = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }).map((words) => words.join(' ')),
  fc.array(fc.constantFrom(...CHINESE), { maxLength: 16 }).map((words) => words.join('')),
);
const text = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) =>
  lines
    .map((one) => one.trim())
    .filter(Boolean)
    .join('\n'),
);
const cue = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: -20, max: 900 }), text);
const cues = fc.array(cue, { maxLength: 8 }).map((list) =>
  list.map(([start, duration, content]): TestCue => {
    const startMs = start * 50;
    return [startMs, Math.max(0, startMs + duration * 10), content];
  }),
);
const options = fc.record<FixOptions>({
  profile: fc.constantFrom('netflix-en', 'netflix-zh', 'netflix-ja', 'short-video', 'bbc', undefined),
  strict: fc.boolean(),
});

/**
 * All words with the starts of their cues, sorted by start, without white space. The words of cues with the same start follow
 * each other. Read without the code under test.
 */
function wordsOf(content: string): [start: string, words: string][] {
  const blocks = content.replace(/^WEBVTT\n/, '').split('\n\n');
  const cuesWithText = blocks
    .map((block) => /(?:^|\n)([\d:]+[.,]\d+) -->.*\n?([^]*)$/.exec(block))
    .map((match) => ({
      start: match?.[1]?.replace(',', '.') ?? '',
      // A repair may close a tag.
      words: match?.[2]?.replaceAll(/\s|<\/i>/g, '') ?? '',
    }))
    .filter(({ words }) => words.replaceAll(/<\/?i>/g, '') !== '')
    .sort((a, b) => a.start.localeCompare(b.start));
  const byStart = new Map<string, string>();
  for (const { start, words } of cuesWithText) byStart.set(start, (byStart.get(start) ?? '') + words);
  return [...byStart];
}

const errorsOf = (content: string, format: 'srt' | 'vtt', limits: FixOptions) =>
  lint(encoder.encode(content), format, limits).findings.filter(({ severity }) => severity === 'error')
    .length;

describe.each([
  ['srt', srtFile],
  ['vtt', vttFile],
] as const)('fix of any %s file', (format, write) => {
  it('keeps all words and starts, adds no error, and has nothing to do the second time', () => {
    fc.assert(
      fc.property(cues, options, (list, limits) => {
        const before = write(...list);
        const { bytes, checked } = fix(encoder.encode(before), format, limits);
        fc.pre(bytes !== undefined);
        const after = decoder.decode(bytes);
        expect(wordsOf(after)).toEqual(wordsOf(before));
        expect(errorsOf(after, format, limits)).toBeLessThanOrEqual(errorsOf(before, format, limits));
        expect(checked.findings).toEqual(lint(encoder.encode(after), format, limits).findings);
        const starts = lint(encoder.encode(after), format, limits).file?.cues.map(({ startMs }) => startMs);
        expect(starts).toEqual([...new Set(starts)].toSorted((one, other) => one - other));
        const again = fix(encoder.encode(after), format, limits);
        expect(again.bytes && decoder.decode(again.bytes)).toBe(after);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

/** Parts of files of both formats. */
const PARTS = [
  '\n',
  '\n\n',
  '1',
  '2',
  '00:00:01,000 --> 00:00:02,000\n',
  '00:01.000 --> 00:02.000 line:0\n',
  '-->',
  '00:00:03.500',
  'WEBVTT\n\n',
  'NOTE',
  'STYLE',
  'REGION',
  'Hello\n',
  '你好\n',
  '&',
  '<i>',
  '<',
  '{\\an8}',
  ' ',
  '\r',
  '\0',
];

describe.each(['srt', 'vtt'] as const)('fix of a damaged %s file', (format) => {
  const damaged = fc
    .array(fc.constantFrom(...PARTS), { maxLength: 30 })
    .map((parts) => encoder.encode(parts.join('')));

  it('writes a valid file, which needs no further repair', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        const { checked, bytes: after } = fix(bytes, format, {});
        fc.pre(after !== undefined);
        expect(checked.problems).toEqual([]);
        expect(fix(after, format, {}).bytes).toEqual(after);
      }),
      { numRuns: 100, seed: 11, maxSkipsPerRun: 1000 },
    );
  });

  it('reports a file that stays as it is', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        const { checked, bytes: after } = fix(bytes, format, {});
        fc.pre(after === undefined);
        expect(checked.findings.length).toBeGreaterThan(0);
        expect(checked.findings).toEqual(lint(bytes, format, {}).findings);
      }),
      { numRuns: 100, seed: 11 },
    );
  });
});
