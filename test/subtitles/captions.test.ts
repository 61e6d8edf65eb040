import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { flicker, movedWords } from '../../bench/captions-flicker/measure.mjs';
import { naiveScreens } from '../../bench/captions-flicker/naive.mjs';
import { scriptedSentences } from '../../bench/captions-flicker/scripts.mjs';
import type { Sentence } from '../../lib/sentence.ts';
import { captions, type CaptionsOptions } from '../../lib/subtitles/captions.ts';
import type { Caption } from '../../lib/subtitles/captions/rolling-lines.ts';
import { hostileSentences } from './cues/final-sentence.ts';

/** A partial sentence; with an end it is final. */
function sentence(text: string, end: number | null = null, more: Partial<Sentence> = {}): Sentence {
  const base = { sentence_id: 1, begin_time: 0, words: [], request_id: 'r' };
  return { ...base, text, end_time: end, sentence_end: end !== null, ...more };
}

async function captionsOf(sentences: readonly Sentence[], options: CaptionsOptions = {}): Promise<Caption[]> {
  return (await Readable.from(sentences).pipe(captions(options)).toArray()) as Caption[];
}

/** The screens for some sentences, each with its lines joined by `/`. */
async function screens(sentences: readonly Sentence[], options: CaptionsOptions = {}): Promise<string[]> {
  return (await captionsOf(sentences, options)).map(({ lines }) => lines.join(' / '));
}

const NARROW = { lines: 2, width: 20 };

describe('shows', () => {
  it('new words at once, without the full stop of a partial sentence', async () => {
    const growing = ['And so, my.', 'And so, my fellow', 'And so, my fellow Americans.'];
    expect(await screens(growing.map((text) => sentence(text)))).toEqual([
      'And so, my',
      'And so, my fellow',
      'And so, my fellow Americans',
    ]);
  });

  it('nothing for a sentence without words, and nothing twice', async () => {
    expect(await screens([sentence(''), sentence('.'), sentence('Yes'), sentence('yes.')])).toEqual(['Yes']);
  });

  it('the last line at the bottom after a roll by one line for each full line', async () => {
    const text = 'one two three four five six seven eight nine ten eleven twelve';
    expect(await screens([sentence(text, 3000)], NARROW)).toEqual([
      'one two three four / five six seven eight',
      'five six seven eight / nine ten eleven',
      'nine ten eleven / twelve',
    ]);
  });

  it('all lines one after the other when there is only one', async () => {
    const found = await screens([sentence('one two three four', 3000)], { lines: 1, width: 10 });
    expect(found).toEqual(['one two', 'three four']);
  });

  it('Chinese without a mark at the start of a line, broken between words', async () => {
    const growing = ['今天天气', '今天天气很好。', '今天天气很好，我们去公', '今天天气很好，我们去公园玩吧'];
    const all = [...growing.map((text) => sentence(text)), sentence('今天天气很好，我们去公园玩吧！', 4000)];
    expect(await screens(all, { lines: 2, width: 12 })).toEqual([
      '今天天气',
      '今天天气很好',
      '今天天气很好 / 我们去公',
      '我们去公园 / 玩吧',
      '我们去公园 / 玩吧！',
    ]);
  });

  it('the next sentence on the same line, and another speaker or channel on a new line', async () => {
    const found = await screens(
      [
        sentence('Hello.', 900, { speaker: 'Ann' }),
        sentence('How are you?', 1900, { sentence_id: 2, speaker: 'Ann' }),
        sentence('Fine.', 2900, { sentence_id: 3, speaker: 'Bob' }),
        sentence('Yes', null, { sentence_id: 4, channel_id: 1 }),
        sentence('Good.', 3900, { sentence_id: 4, speaker: 'Bob' }),
      ],
      { lines: 4 },
    );
    expect(found.at(-1)).toBe('Hello. How are you? / Fine. / Yes / Good.');
  });

  it('two sentences that grow at the same time on lines of their own', async () => {
    const left = (text: string): Sentence => sentence(text, null, { channel_id: 0 });
    const right = (text: string): Sentence => sentence(text, null, { channel_id: 1 });
    const all = [
      left('one'),
      right('uno'),
      left('one two'),
      right('uno dos'),
      left('one two three four five'),
    ];
    expect((await screens(all, { lines: 3, width: 20 })).at(-1)).toBe('one two three four / uno dos / five');
  });

  it('words that were final without a change as final', async () => {
    const found = await captionsOf([sentence('Yes'), sentence('Yes', 900)]);
    expect(found.map(({ isFinal }) => isFinal)).toEqual([false, true]);
  });
});

describe('a correction', () => {
  it('waits for a second partial sentence that agrees', async () => {
    const texts = ['I scream', 'ice cream', 'ice cream is good'];
    expect(await screens(texts.map((text) => sentence(text)))).toEqual(['I scream', 'ice cream is good']);
  });

  it('that two partial sentences do not agree on changes nothing', async () => {
    const texts = ['the cat sat on', 'the hat sat on', 'the cat sat on', 'the bat sat on', 'the hat sat on'];
    expect(await screens(texts.map((text) => sentence(text)))).toEqual(['the cat sat on']);
  });

  it('of earlier words delays new words by one partial sentence at most', async () => {
    const texts = ['the cat sat', 'the hat sat down', 'the bat sat down', 'the hat sat down on'];
    expect(await screens(texts.map((text) => sentence(text)))).toEqual([
      'the cat sat',
      'the cat sat down',
      'the cat sat down on',
    ]);
  });

  it('that takes the last words back for a moment changes nothing', async () => {
    const texts = [
      'one two three four five',
      'one two three',
      'one two three four five',
      'one two three four five six',
    ];
    expect(
      await screens(
        texts.map((text) => sentence(text)),
        NARROW,
      ),
    ).toEqual(['one two three four / five', 'one two three four / five six']);
  });

  it('that takes the last words back twice does not roll the block back', async () => {
    const texts = ['one two three four five', 'one two', 'one two', 'one two tree'];
    expect(
      await screens(
        texts.map((text) => sentence(text)),
        NARROW,
      ),
    ).toEqual(['one two three four / five', 'one two / ', 'one two tree / ']);
  });

  it('by the final sentence keeps the lines before it, and the words at the start of the lines after it', async () => {
    const found = await screens(
      [
        sentence('one two three four five sicks seven eight nine'),
        sentence('One two three four five six seven eight nine.', 3000),
      ],
      { lines: 3, width: 20 },
    );
    expect(found).toEqual([
      'one two three four / five sicks seven / eight nine',
      'One two three four / five six seven / eight nine.',
    ]);
  });

  it('that makes a line too long moves words to the next line only', async () => {
    const found = await screens(
      [sentence('one two three four five six ten'), sentence('one two thirteen four five six ten', 3000)],
      { lines: 3, width: 20 },
    );
    expect(found).toEqual(['one two three four / five six ten', 'one two thirteen / four five six ten']);
  });

  it('of words that have rolled off leaves the visible lines as they are', async () => {
    const found = await screens(
      [
        sentence('won two three four five six seven eight nine ten'),
        sentence('one two three four five six seven eight nine ten', 3000),
      ],
      NARROW,
    );
    expect(found.at(-1)).toBe('five six seven eight / nine ten');
    expect(new Set(found).size).toBe(2);
  });
});

it('has the times of the words that are visible, in whole milliseconds', async () => {
  const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map(
    (text, index) => ({
      text,
      punctuation: '',
      begin_time: index * 100.4,
      end_time: index * 100.4 + 80.4,
    }),
  );
  const text = words.map((word) => word.text).join(' ');
  const found = await captionsOf([sentence(text, null, { words })], NARROW);
  expect(found.map(({ begin_time, end_time }) => [begin_time, end_time])).toEqual([
    [0, 783],
    [402, 884],
  ]);
});

it.each([{ lines: 0 }, { lines: 5 }, { width: 9 }, { width: 201 }, { language: 'xx' }])(
  'refuses %j',
  (options) => {
    expect(() => captions(options as CaptionsOptions)).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
  },
);

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
            expect(line).not.toMatch(/^ | $/);
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

describe('flickers less than the simple way', () => {
  it.each(['en', 'zh'] as const)('with corrections in %s', async (language) => {
    const size = { lines: 2, width: 42 };
    let [ours, naive] = [0, 0];
    for (let seed = 1; seed <= 10; seed += 1) {
      const script: Sentence[] = scriptedSentences(language, seed);
      const shown = (await captionsOf(script, size)).map(({ lines }) => lines);
      ours += flicker(shown, size.lines).moved;
      naive += flicker(naiveScreens(script, size), size.lines).moved;
    }
    expect(ours / naive).toBeLessThan(0.7);
  });
});
