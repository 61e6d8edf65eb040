import * as fc from 'fast-check';
import { parseText } from 'media-captions';
import webvtt from 'webvtt-parser';
import { beforeAll, describe, expect, it } from 'vitest';
import { srt, vtt } from 'fun-asr-streams';
import type { FinalSentence } from '../../../lib/sentence.ts';
import type { CueOptions } from '../../../lib/subtitles/cues/cue-options.ts';
import { cuesStep } from '../../../lib/subtitles/cues/cue-step.ts';
import { type Cue, voicesOf } from '../../../lib/subtitles/cues/cues.ts';
import { charactersOf, widthOf } from '../../../lib/subtitles/words/characters.ts';
import { loadPhrases } from '../../../lib/subtitles/words/phrases.ts';
import { bare, hostileSentences, readable, spokenSentences, written } from './final-sentence.ts';

beforeAll(() => loadPhrases('ja'));

const PIECES = [
  ' the',
  ' of',
  ' Dashwood',
  ' 2024',
  ' 3.5%',
  ' $75,000',
  ' don’t',
  ' https://docs.example.com/guide/troubleshooting',
  '我们',
  '统一',
  '的',
  '了',
  '今天',
  '，',
  '。',
  '「',
  '」',
  '3到4级',
  'ディープラーニング',
  '分からない',
  'ました',
  '、',
  ' 안녕하세요',
  ' 그리고',
  ' שלום',
  ' مرحبا',
  '👩‍👩‍👧',
  ' 🎉',
  'e\u0301',
  ' -',
  ' —',
  '…',
  '?',
  '!',
  '.',
  ',',
];

/** Sentences of one or two speakers in several scripts. Most times are valid; some are not. */
const mixedSentences: fc.Arbitrary<FinalSentence[]> = fc
  .array(
    fc.record({
      pieces: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 60, size: 'max' }),
      pause: fc.constantFrom(0, 50, 130, 300, 600, 1600, 5000),
      pieceMs: fc.constantFrom(0, 30, 120, 300, 900),
      speaker: fc.constantFrom(undefined, undefined, 'Ann', 'Bob'),
      hasWords: fc.boolean(),
      overlapMs: fc.constantFrom(0, 0, 0, 0, 500),
    }),
    { maxLength: 8 },
  )
  .map((spoken) => {
    let time = 0;
    return spoken.map(({ pieces, pause, pieceMs, speaker, hasWords, overlapMs }, index) => {
      const begin = Math.max(0, time + pause - overlapMs);
      time = begin;
      const words = pieces.map((text) => {
        const begin_time = time;
        time += pieceMs;
        return { begin_time, end_time: time, text, punctuation: '' };
      });
      return {
        sentence_id: index + 1,
        begin_time: begin,
        end_time: time,
        text: pieces.join('').trim(),
        words: hasWords ? words : [],
        sentence_end: true as const,
        request_id: 'r',
        ...(speaker && { speaker }),
      };
    });
  });

const anyOptions: fc.Arbitrary<CueOptions> = fc
  .record(
    {
      language: fc.constantFrom('en', 'zh', 'ja', 'ko'),
      profile: fc.constantFrom('netflix-ja', 'bbc', 'short-video'),
      maxLineWidth: fc.integer({ min: 10, max: 60 }),
      maxLineCount: fc.constantFrom(1, 2),
      maxWordsPerLine: fc.integer({ min: 1, max: 8 }),
      maxCps: fc.integer({ min: 2, max: 40 }),
      minCueDurationMs: fc.integer({ min: 0, max: 3000 }),
      maxCueDurationMs: fc.integer({ min: 1000, max: 9000 }),
      minGapMs: fc.integer({ min: 0, max: 500 }),
    } as const,
    { requiredKeys: [] },
  )
  // Other options are refused.
  .filter(({ minCueDurationMs = 0, maxCueDurationMs = 7000 }) => minCueDurationMs <= maxCueDurationMs);

function cuesOf(sentences: readonly FinalSentence[], options: CueOptions): Cue[] {
  const step = cuesStep('test', options);
  return [...sentences.flatMap((sentence) => [...step.feed(sentence)]), ...step.end()];
}

const linesOf = (cue: Cue): string[] => voicesOf(cue).flatMap(({ lines }) => [...lines]);
const textOf = (cues: readonly Cue[]): string => bare(cues.flatMap(linesOf).join(''));
const clusters = (text: string): number => charactersOf(text, { ambiguousIsWide: false }).length;

describe.each([
  ['spoken', spokenSentences],
  ['mixed', mixedSentences],
  ['hostile', hostileSentences],
] as const)('cues of %s sentences', (kind, sentencesOfKind) => {
  it('end after they start, never overlap, and are in order', () => {
    fc.assert(
      fc.property(sentencesOfKind, anyOptions, (sentences, options) => {
        const cues = cuesOf(sentences, options);
        for (const [index, { start, end }] of cues.entries()) {
          expect(Number.isSafeInteger(start) && start >= 0).toBe(true);
          expect(end).toBeGreaterThan(start);
          expect(cues[index + 1]?.start ?? Infinity).toBeGreaterThanOrEqual(end);
        }
      }),
    );
  });

  it('have lines with text that are not too wide, and not too many for each speaker', () => {
    fc.assert(
      fc.property(sentencesOfKind, anyOptions, (sentences, options) => {
        const limit = options.maxLineWidth ?? (options.profile ? 42 : 200);
        for (const cue of cuesOf(sentences, options)) {
          for (const { lines, words } of voicesOf(cue)) {
            const isShared = cue.others !== undefined;
            const maxLineCount = options.maxLineCount ?? (options.profile === 'short-video' ? 1 : 2);
            // Words that have the same time share a cue.
            const isAtOnce = words.slice(1).some(([word]) => word !== undefined && word.beginMs <= cue.start);
            expect(isShared || lines.length <= maxLineCount * (isAtOnce ? 2 : 1)).toBe(true);
            for (const line of lines) {
              expect(line.trim()).toBe(line);
              expect(line).not.toBe('');
              const characters = charactersOf(line, { ambiguousIsWide: false });
              expect(characters.length === 1 || widthOf(characters) <= limit).toBe(true);
            }
          }
        }
      }),
    );
  });

  it('have all of the text, and cut no character', () => {
    fc.assert(
      fc.property(sentencesOfKind, anyOptions, (sentences, options) => {
        const cues = cuesOf(sentences, options);
        const texts = [textOf(cues), readable(sentences)].map((text) => Array.from(text).toSorted().join(''));
        expect(texts[0]).toBe(texts[1]);
        const isOrdered = new Set(sentences.map(({ speaker }) => speaker)).size <= 1;
        if (!isOrdered) return;
        expect(textOf(cues)).toBe(readable(sentences));
        // Marks without a letter before them combine with others when spaces are left out.
        if (kind === 'hostile') return;
        const perLine = cues.flatMap(linesOf).reduce((sum, line) => sum + clusters(bare(line)), 0);
        expect(perLine).toBe(
          sentences
            .filter(({ text }) => /[\p{L}\p{N}\p{S}]/u.test(text))
            .reduce((sum, { text }) => sum + clusters(bare(text)), 0),
        );
      }),
    );
  });

  it('are read back by two parsers that are not ours', async () => {
    await fc.assert(
      fc.asyncProperty(sentencesOfKind, async (sentences) => {
        const cues = cuesOf(sentences, {});
        const times = cues.map(({ start, end }) => [start, end]);
        const srtText = await written(srt(), sentences);
        const parsed = await parseText(srtText, { type: 'srt', errors: true });
        expect(parsed.errors).toEqual([]);
        expect(parsed.cues.length).toBe(srtText.match(/^\d\d.* --> \d/gm)?.length ?? 0);
        const vttText = await written(vtt(), sentences);
        const { cues: found, errors } = new webvtt.WebVTTParser().parse(
          vttText,
          'captions/subtitles/descriptions',
        );
        expect(errors).toEqual([]);
        expect(
          found.map(({ startTime, endTime }) => [startTime, endTime].map((s) => Math.round(s * 1000))),
        ).toEqual(times);
      }),
      { numRuns: 30 },
    );
  });
});
