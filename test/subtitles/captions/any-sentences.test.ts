import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { movedWords } from '../../../bench/captions-flicker/measure.mjs';
import type { Sentence } from '../../../lib/sentence.ts';
import { captions } from '../../../lib/subtitles/captions.ts';
import type { Caption } from '../../../lib/subtitles/captions/rolling-lines.ts';
import { hostileSentences } from '../cues/final-sentence.ts';
import { captionsOf, sentence } from './captions-of.ts';

const sizes = fc.record({ lines: fc.integer({ min: 1, max: 4 }), width: fc.integer({ min: 10, max: 60 }) });

/** The partial and final sentences of a random talk, with words that are wrong or missing for some time. */
const talks: fc.Arbitrary<Sentence[]> = fc
  .array(
    fc.record({
      words: fc.array(
        fc.constantFrom('a', 'to', 'the', 'seven', 'amiable', 'well', '我们', '今天', '公园，', 'no,'),
        {
          minLength: 1,
          maxLength: 25,
        },
      ),
      slips: fc.array(fc.record({ wrong: fc.constantFrom('x', 'yy', 'zzzzz', '错'), back: fc.nat(3) }), {
        minLength: 25,
        maxLength: 25,
      }),
    }),
    { maxLength: 5 },
  )
  .map((spoken) =>
    spoken.flatMap(({ words, slips }, index) => {
      const more = { sentence_id: index + 1, begin_time: index * 10_000 };
      const partials = words.map((_, count) => {
        const { wrong, back } = slips[count] ?? { wrong: 'x', back: 0 };
        const heard: string[] = words.slice(0, count + 1);
        if (back === 1) heard[count] = wrong;
        if (back === 2) heard.splice(-2);
        if (back === 3 && count > 1) heard[count - 1] = wrong;
        return sentence(heard.join(' '), null, more);
      });
      return [...partials, sentence(words.join(' '), index * 10_000 + 5000, more)];
    }),
  );

describe('for any sentences', () => {
  it('no line is wider than the width, there are never too many lines, and no two captions are equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(talks, hostileSentences), sizes, async (sentences, size) => {
        const found = await captionsOf(sentences, size);
        for (const [index, caption] of found.entries()) {
          expect(caption.lines.length).toBeLessThanOrEqual(size.lines);
          for (const line of caption.lines) {
            expect(stringWidth(line)).toBeLessThanOrEqual(size.width);
            // A space with a combining mark is a character of the text.
            expect(line).not.toMatch(/^ (?!\p{M})| $/u);
          }
          expect(Number.isSafeInteger(caption.begin_time) && Number.isSafeInteger(caption.end_time)).toBe(
            true,
          );
          expect(caption.begin_time).toBeLessThanOrEqual(caption.end_time);
          const { lines, isFinal } = found[index - 1] ?? { lines: [], isFinal: true };
          expect({ lines: caption.lines, isFinal: caption.isFinal }).not.toEqual({ lines, isFinal });
        }
      }),
    );
  });

  it('all words of final sentences without partial ones are shown once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(talks, sizes, async (sentences, size) => {
        // With numbers, because a line that rolls over an equal one is not seen.
        let count = 0;
        const finals = sentences
          .filter(({ sentence_end }) => sentence_end)
          .map((item) => ({ ...item, text: item.text.replaceAll(/(?= |$)/g, () => String((count += 1))) }));
        const shown = (await captionsOf(finals, size)).map(({ lines }) => lines);
        const whole = finals.map(({ text }) => text).join('');
        expect(rolledText(shown, size.lines).replaceAll(' ', '')).toBe(whole.replaceAll(' ', ''));
      }),
    );
  });

  it('the visible words are the last words of the final sentences', async () => {
    await fc.assert(
      fc.asyncProperty(talks, sizes, async (sentences, size) => {
        const finals = sentences.filter(({ sentence_end }) => sentence_end);
        const last = (await captionsOf(sentences, size)).at(-1);
        const whole = finals.map(({ text }) => text).join('');
        expect(whole.replaceAll(' ', '').endsWith((last?.lines ?? []).join('').replaceAll(' ', ''))).toBe(
          true,
        );
        expect(last?.isFinal ?? true).toBe(true);
      }),
    );
  });

  it('a word moves only with a roll, with a change that two partial sentences agree on, or in the final sentence', async () => {
    await fc.assert(
      fc.asyncProperty(talks, sizes, async (sentences, size) => {
        const stage = captions(size);
        let shown: string[] = [];
        let moved = 0;
        for (const [index, current] of sentences.entries()) {
          stage.write(current);
          await new Promise((resolve) => setImmediate(resolve));
          for (let next = stage.read() as Caption | null; next; next = stage.read() as Caption | null) {
            const mayMove = current.sentence_end || isAgreed(sentences, index);
            if (!mayMove) moved += movedWords(shown, next.lines, size.lines).moved;
            shown = next.lines;
          }
        }
        expect(moved).toBe(0);
      }),
    );
  });
});

/** Whether the partial sentence has a word in common with the one before that the two before do not have in common. */
function isAgreed(sentences: readonly Sentence[], index: number): boolean {
  const texts = sentences
    .slice(0, index + 1)
    .filter(({ sentence_id }) => sentence_id === sentences[index]?.sentence_id)
    .map(({ text }) => text.split(' '));
  const now = texts.at(-1) ?? [];
  const before = texts.at(-2) ?? [];
  const shown = texts.slice(0, -2);
  // Shown words that both texts lack, or have in another place.
  return shown.some((words) => words.some((word, at) => now[at] !== word && now[at] === before[at]));
}

/** The text that has gone through the block: lines that have rolled off, and the visible ones. */
function rolledText(shown: readonly string[][], height: number): string {
  const all: string[] = [];
  let top = 0;
  for (const [index, lines] of shown.entries()) {
    const before = shown[index - 1] ?? [];
    // Without partial sentences a full block rolls by one line, or its last line grows.
    const grows = lines.length > before.length || (lines.at(-1) ?? '').startsWith(before.at(-1) ?? '');
    if (!grows || lines.slice(0, -1).join('\n') !== before.slice(0, -1).join('\n'))
      if (before.length === height) top += 1;
    all.splice(top, all.length, ...lines);
  }
  return all.join('');
}
