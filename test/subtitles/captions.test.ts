import { describe, expect, it } from 'vitest';
import { flicker } from '../../bench/captions-flicker/measure.mjs';
import { naiveScreens } from '../../bench/captions-flicker/naive.mjs';
import { scriptedSentences } from '../../bench/captions-flicker/scripts.mjs';
import type { Sentence } from '../../lib/sentence.ts';
import { captions, type CaptionsOptions } from '../../lib/subtitles/captions.ts';
import { captionsOf, sentence } from './captions/captions-of.ts';

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
