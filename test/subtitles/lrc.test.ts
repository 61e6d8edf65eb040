import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { lrc } from '../../lib/subtitles/lrc.ts';
import { bare, finalSentence, hostileSentences, readable, written } from './cues/final-sentence.ts';

it('writes a line for each cue, and an empty entry before a pause and at the end', async () => {
  const sentences = [
    finalSentence(
      'Had he married a more amiable woman, he might have been made more respectable.',
      649,
      5648,
    ),
    finalSentence('Yes.', 6100, 7200),
    finalSentence('No.', 5_999_990, 6_001_500),
  ];
  expect(await written(lrc(), sentences)).toBe(
    [
      '[00:00.64]Had he married a more amiable woman, he might have been made more respectable.',
      '[00:06.10]Yes.',
      '[00:07.20]',
      '[99:59.99]No.',
      '[100:01.50]',
      '',
    ].join('\n'),
  );
});

it('joins the lines of a cue without a space between Chinese characters', async () => {
  const text = '我们今天下午去公园散步，晚上回家吃饭看电视睡觉。';
  expect(await written(lrc(), [finalSentence(text, 0, 5000)])).toBe(`[00:00.00]${text}\n[00:05.00]\n`);
});

it('writes the name of a speaker before the text', async () => {
  const sentences = [
    { ...finalSentence('Do you like it?', 0, 900), speaker: 'Ann' },
    { ...finalSentence('No.', 300, 800), speaker: 'Bob' },
  ];
  expect(await written(lrc(), sentences)).toBe('[00:00.00]-Ann: Do you like it? -Bob: No.\n[00:00.90]\n');
});

it('changes brackets in the text, which a player could read as times', async () => {
  const sentence = finalSentence('[00:05.00] a <00:06.00> b [laughs]', 0, 3000);
  expect(await written(lrc(), [sentence])).toBe(
    '[00:00.00]［00:05.00] a ＜00:06.00> b [laughs]\n[00:03.00]\n',
  );
});

it('writes nothing without sentences', async () => {
  expect(await written(lrc(), [])).toBe('');
});

it('writes any text so that a reader finds every cue and every word', async () => {
  await fc.assert(
    fc.asyncProperty(hostileSentences, async (sentences) => {
      const rows = (await written(lrc(), sentences)).split('\n').slice(0, -1);
      const texts = rows.map((row) => {
        const [, text = ''] = /^\[\d{2,}:[0-5]\d\.\d{2}\](.*)$/.exec(row) ?? [];
        expect(text).not.toMatch(/\[\d+:/);
        return text;
      });
      const narrow = (text: string): string => bare(text).replaceAll('［', '[').replaceAll('＜', '<');
      expect(narrow(texts.join(''))).toBe(narrow(readable(sentences)));
    }),
  );
});
