import { expect, test } from 'vitest';
import { SentenceMerge } from '../lib/sentence-merge.ts';
import { finalSentence } from './subtitles/cues/final-sentence.ts';

async function texts(merge: SentenceMerge): Promise<string[]> {
  const all: string[] = [];
  for await (const { text } of merge.sentences()) all.push(text);
  return all;
}

test('gives the sentences of all channels in the order of their beginnings', async () => {
  const merge = new SentenceMerge(2);
  for (const begin of [0, 2000, 4000]) await merge.add(0, finalSentence(`left ${begin}`, begin, begin + 900));
  for (const begin of [1000, 3000]) await merge.add(1, finalSentence(`right ${begin}`, begin, begin + 900));
  merge.end(0);
  merge.end(1);
  expect(await texts(merge)).toEqual(['left 0', 'right 1000', 'left 2000', 'right 3000', 'left 4000']);
});

test('gives a sentence only when no channel can give an earlier one', async () => {
  const merge = new SentenceMerge(2);
  const sentences = merge.sentences();
  const first = sentences.next();
  await merge.add(0, finalSentence('later', 2000, 2900));
  await merge.add(1, finalSentence('earlier', 1000, 1900));
  expect((await first).value).toMatchObject({ text: 'earlier' });
  const second = sentences.next();
  merge.end(1);
  expect((await second).value).toMatchObject({ text: 'later' });
});

test('throws the first error after all sentences', async () => {
  const merge = new SentenceMerge(2);
  await merge.add(1, finalSentence('before it', 0, 900));
  merge.end(0, new Error('left failed'));
  merge.end(1, new Error('right failed'));
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { text } of merge.sentences()) seen.push(text);
  })();
  await expect(reading).rejects.toThrow('left failed');
  expect(seen).toEqual(['before it']);
});

test('a channel waits when the reader is slower, and not for another channel', async () => {
  const merge = new SentenceMerge(2);
  const fill = async (channel: number): Promise<void> => {
    for (let begin = 1; begin <= 300; begin += 1)
      await merge.add(channel, finalSentence('x', begin, begin + 1));
  };
  await fill(0);
  let isFilled = false;
  const filling = fill(1).then(() => {
    isFilled = true;
    merge.end(1);
  });
  await new Promise(setImmediate);
  expect(isFilled).toBe(false);
  merge.end(0);
  expect(await texts(merge)).toHaveLength(600);
  await filling;
});
