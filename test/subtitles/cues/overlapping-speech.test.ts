import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FinalSentence } from '../../../lib/sentence.ts';
import { cuesStep } from '../../../lib/subtitles/cues/cue-step.ts';
import { type Cue, voicesOf } from '../../../lib/subtitles/cues/cues.ts';
import { srt } from '../../../lib/subtitles/srt.ts';
import { vtt } from '../../../lib/subtitles/vtt.ts';
import { charactersOf, widthOf } from '../../../lib/subtitles/words/characters.ts';
import { finalSentence, written } from './final-sentence.ts';

const LONG = 'I was not there when it happened, and my brother saw all of it that night.';

function says(speaker: string, text: string, begin: number, end: number): FinalSentence {
  return { ...finalSentence(text, begin, end), speaker };
}

function cuesOf(...sentences: FinalSentence[]): Cue[] {
  const step = cuesStep('srt', {});
  return [...sentences.flatMap((sentence) => [...step.feed(sentence)]), ...step.end()];
}

/** Times and texts of cues, a speaker's lines joined. */
function shown(cues: readonly Cue[]) {
  return cues.map((cue) => [
    cue.start,
    cue.end,
    ...voicesOf(cue).map(({ speaker, lines }) => `${speaker}: ${lines.join(' ')}`),
  ]);
}

it('shows two speakers who begin together in one cue', () => {
  expect(
    shown(cuesOf(says('Ann', 'Yes, I do.', 0, 900), says('Bob', 'So do I, of course.', 0, 1500))),
  ).toEqual([[0, 1500, 'Ann: Yes, I do.', 'Bob: So do I, of course.']]);
});

it('shows a short answer to a short question in the same cue', () => {
  expect(shown(cuesOf(says('Ann', 'Really?', 1000, 1300), says('Bob', 'Yes.', 1350, 1700)))).toEqual([
    [1000, 1833, 'Ann: Really?', 'Bob: Yes.'],
  ]);
});

it('shows speakers one after the other when each can be read in time', () => {
  expect(
    shown(cuesOf(says('Ann', 'I think so.', 0, 2000), says('Bob', 'Are you sure?', 1800, 3000))),
  ).toEqual([
    [0, 1717, 'Ann: I think so.'],
    [1800, 3000, 'Bob: Are you sure?'],
  ]);
});

it('shows speakers one after the other when the first one can be read before the second one begins', () => {
  expect(cuesOf(says('Ann', 'Really?', 0, 500), says('Bob', 'Yes.', 1000, 1400))).toHaveLength(2);
});

it('puts further words of a speaker into the cue that is shared', () => {
  expect(
    shown(cuesOf(says('Ann', 'One.', 0, 700), says('Bob', 'Two.', 0, 300), says('Bob', 'Three.', 400, 900))),
  ).toEqual([[0, 900, 'Ann: One.', 'Bob: Two. Three.']]);
});

it('keeps the text of a speaker who is interrupted, when both fit', () => {
  expect(
    shown(cuesOf(says('Ann', 'I was there the whole evening.', 0, 3000), says('Bob', 'No.', 900, 1300))),
  ).toEqual([[0, 3000, 'Ann: I was there the whole evening.', 'Bob: No.']]);
});

it('shows nothing more than 1.5 s before it is spoken', () => {
  const cues = cuesOf(
    says('Ann', 'I was there the whole evening, too.', 0, 3000),
    says('Bob', 'No.', 1600, 1900),
  );
  expect(cues.map(({ start }) => start)).toEqual([0, 1600]);
});

it('begins a new cue at a word of each speaker, when two who speak at the same time need more than two lines', () => {
  expect(shown(cuesOf(says('Ann', LONG, 0, 4000), says('Bob', LONG, 200, 4200)))).toEqual([
    [0, 1748, 'Ann: I was not there when it happened,', 'Bob: I was not there when it happened,'],
    [
      1831,
      4700,
      'Ann: and my brother saw all of it that night.',
      'Bob: and my brother saw all of it that night.',
    ],
  ]);
});

it('keeps the second line of a speaker who is interrupted until its words are spoken', () => {
  expect(shown(cuesOf(says('Ann', LONG, 0, 5000), says('Bob', 'No, he did not.', 2000, 3000)))).toEqual([
    [0, 1917, 'Ann: I was not there when it happened,'],
    [2000, 5000, 'Bob: No, he did not.', 'Ann: and my brother saw all of it that night.'],
  ]);
  const late = cuesOf(says('Ann', LONG, 0, 9000), says('Bob', 'No, he did not.', 2500, 3500));
  expect(shown(late)).toEqual([
    [0, 2417, 'Ann: I was not there when it happened,'],
    [2500, expect.any(Number), 'Bob: No, he did not.'],
    [expect.any(Number), 9000, 'Ann: and my brother saw all of it that night.'],
  ]);
});

it('shows more than two lines rather than text that nobody can read', () => {
  const [cue, ...rest] = cuesOf(says('Ann', LONG, 0, 1800), says('Bob', LONG, 200, 2000));
  expect(rest).toEqual([]);
  expect(cue && voicesOf(cue).map(({ lines }) => lines.length)).toEqual([2, 2]);
});

it('puts sentences without a speaker that begin at the same time into one cue', () => {
  const both = [finalSentence('Yes.', 0, 900), { ...finalSentence('No.', 0, 900), speaker: 'Ann' }];
  expect(cuesOf(...both).map((cue) => [cue.start, ...voicesOf(cue).map(({ lines }) => lines)])).toEqual([
    [0, ['Yes.'], ['No.']],
  ]);
});

it('keeps three speakers in the order in which they begin', () => {
  const cues = cuesOf(
    says('Ann', 'One.', 0, 400),
    says('Bob', 'Two.', 100, 500),
    says('Cleo', 'Three.', 200, 600),
  );
  expect(shown(cues)).toEqual([[0, 833, 'Ann: One.', 'Bob: Two.', 'Cleo: Three.']]);
});

it('shows at most twice the usual lines at once, for any number of speakers who begin together', () => {
  const sentences = Array.from({ length: 200 }, (_, index) => says(`S${index}`, `Number ${index}.`, 0, 1000));
  const lines = cuesOf(...sentences).map((cue) => voicesOf(cue).flatMap((voice) => voice.lines));
  expect(Math.max(...lines.map(({ length }) => length))).toBe(4);
  expect(lines.flat()).toEqual(sentences.map(({ text }) => text));
});

it('joins two short sentences of one speaker on one line', () => {
  expect(
    cuesOf(says('Ann', 'Yes.', 0, 300), says('Ann', 'I know.', 350, 700)).map(({ lines }) => lines),
  ).toEqual([['Yes. I know.']]);
});

it('loses no word, moves no start, and leaves no overlap, for any three speakers', () => {
  const spoken = (speaker: string) =>
    fc
      .array(fc.record({ pause: fc.nat(3000), ms: fc.integer({ min: 200, max: 6000 }) }), { maxLength: 8 })
      .map((turns) => {
        let at = 0;
        return turns.map(({ pause, ms }, index) => {
          const begin = at + pause;
          at = begin + ms;
          return says(
            speaker,
            `${speaker}${index} ${'word '.repeat(1 + Math.floor(ms / 900))}`.trim(),
            begin,
            at,
          );
        });
      });
  fc.assert(
    fc.property(spoken('a'), spoken('b'), spoken('c'), (...all) => {
      const sentences = all.flat().toSorted((one, other) => one.begin_time - other.begin_time);
      const cues = cuesOf(...sentences);
      const words = (text: string) => text.split(/\s+/).filter(Boolean).toSorted();
      expect(words(cues.flatMap((cue) => voicesOf(cue).flatMap(({ lines }) => lines)).join(' '))).toEqual(
        words(sentences.map(({ text }) => text).join(' ')),
      );
      for (const [index, { start, end }] of cues.entries()) {
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(cues[index + 1]?.start ?? Infinity);
        expect(sentences.some((one) => one.begin_time <= start && start <= one.end_time)).toBe(true);
      }
    }),
  );
});

/** Sentences of one speaker whose words have known times. */
const spokenWords = (speaker: string): fc.Arbitrary<FinalSentence[]> =>
  fc
    .array(
      fc.record({
        pause: fc.nat(2500),
        lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 24 }),
        letterMs: fc.integer({ min: 40, max: 120 }),
      }),
      { maxLength: 6 },
    )
    .map((turns) => {
      let at = 0;
      return turns.map(({ pause, lengths, letterMs }, turn) => {
        at += pause;
        const words = lengths.map((length, index) => {
          const begin_time = at;
          at += length * letterMs;
          const text = `${speaker}${turn}x${index}${'o'.repeat(length)}`;
          return { begin_time, end_time: at, text: index > 0 ? ` ${text}` : text, punctuation: '' };
        });
        const text = words.map((word) => word.text).join('');
        return { ...says(speaker, text, words[0]?.begin_time ?? at, at), words };
      });
    });

it('keeps the order of the words of each speaker, the starts, and the number of lines where lines can begin a cue, for any overlaps', () => {
  let cut = 0;
  fc.assert(
    fc.property(spokenWords('a'), spokenWords('b'), (first, second) => {
      const sentences = [...first, ...second].toSorted((one, other) => one.begin_time - other.begin_time);
      const begins = new Set(sentences.flatMap(({ words }) => words.map(({ begin_time }) => begin_time)));
      const cues = cuesOf(...sentences);
      for (const [speaker, own] of Object.entries({ a: first, b: second })) {
        const shownWords = cues.flatMap((cue) =>
          voicesOf(cue).flatMap((voice) => (voice.speaker === speaker ? voice.lines : [])),
        );
        expect(shownWords.join(' ')).toBe(own.map(({ text }) => text).join(' '));
      }
      for (const cue of cues) {
        expect(begins.has(cue.start)).toBe(true);
        const lines = voicesOf(cue).flatMap(({ words }) => words.map(([word]) => word?.beginMs ?? 0));
        // The first lines cannot be cut apart: the cue would be shorter than the minimum duration.
        const early = lines.filter((begin) => begin - 83 - cue.start < 833);
        expect(lines.length <= 2 || early.length > 2).toBe(true);
        if (lines.length === 2 && cue.others) cut += 1;
      }
    }),
    { numRuns: 3000, seed: 11 },
  );
  expect(cut).toBeGreaterThan(0);
});

it('shows each of two who speak at the same time for the minimum duration, whenever the second one begins', () => {
  for (let begin = 0; begin < 3000; begin += 25) {
    const cues = cuesOf(says('Ann', LONG, 0, 3000), says('Bob', LONG, begin, begin + 3000));
    expect(Math.min(...cues.map(({ start, end }) => end - start))).toBeGreaterThanOrEqual(833);
  }
});

it('writes a line for each speaker in SRT, and a voice with an end tag in WebVTT', async () => {
  const sentences = [says('Ann', 'Really?', 1000, 1300), says('Bob & Cleo', 'Yes.', 1200, 1700)];
  expect(await written(srt(), sentences)).toBe(
    '1\n00:00:01,000 --> 00:00:01,833\n-Ann: Really?\n-Bob & Cleo: Yes.\n\n',
  );
  expect(await written(vtt(), sentences)).toBe(
    'WEBVTT\n\n00:00:01.000 --> 00:00:01.833\n<v Ann>-Really?</v>\n<v Bob &amp; Cleo>-Yes.</v>\n',
  );
});

/** The lines of the cues of an SRT text. */
function linesOf(text: string): string[] {
  return text
    .split('\n\n')
    .flatMap((cue) => cue.split('\n').slice(2))
    .filter(Boolean);
}

it('writes no line that is too wide with the name and the dash before it, for any three speakers', async () => {
  const names: Record<string, string> = { a: 'Christopher Anderson', b: 'Bo' };
  await fc.assert(
    fc.asyncProperty(spokenWords('a'), spokenWords('b'), spokenWords('c'), async (...all) => {
      const sentences = all
        .flat()
        .map((sentence) => ({ ...sentence, speaker: names[sentence.speaker ?? ''] ?? 'Cleo' }))
        .toSorted((one, other) => one.begin_time - other.begin_time);
      for (const line of linesOf(await written(srt(), sentences)))
        expect(line.length).toBeLessThanOrEqual(42);
    }),
    { numRuns: 300, seed: 12 },
  );
});

it('leaves no room for a dash when there is one channel', async () => {
  const sentence = { ...finalSentence('He was not an ill-disposed young man.', 0, 3000), channel_id: 0 };
  expect(linesOf(await written(srt({ profile: 'bbc' }), [sentence]))).toEqual([sentence.text]);
});

it('cuts a word that fits on a line, and not beside the name', async () => {
  const sentence = { ...says('Ann', '人々百円のデータベースです', 0, 3000), language: 'ja' };
  const lines = linesOf(await written(srt({ maxLineWidth: 28 }), [sentence]));
  expect(lines.map((line) => widthOf(charactersOf(line, { ambiguousIsWide: true })) <= 28)).not.toContain(
    false,
  );
});

it('leaves room for a name only where the speaker changes', async () => {
  const text =
    'A long name must not make all of the lines of a turn narrow, because it is written only once in it. ';
  const sentences = [0, 1, 2].map((index) =>
    says('Christopher Anderson', text.trim(), index * 6500, index * 6500 + 6300),
  );
  const [first = '', ...rest] = linesOf(await written(srt(), sentences));
  expect(first).toMatch(/^Christopher Anderson: .{5,20}$/);
  expect(Math.max(...rest.map(({ length }) => length))).toBeGreaterThan(35);
});
