import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { sentenceEnd } from '../../lib/subtitles/sentence-end.ts';
import { finalSentence, partial } from './cues/final-sentence.ts';

it('passes only final sentences on, unchanged', async () => {
  const sentence = finalSentence('Yes.', 0, 900);
  const passed = await Readable.from([partial(sentence), sentence, partial(sentence)])
    .pipe(sentenceEnd())
    .toArray();
  expect(passed).toHaveLength(1);
  expect(passed[0]).toBe(sentence);
});

it('drops a partial sentence that has an end time', async () => {
  const growing = { ...finalSentence('Ye', 0, 500), sentence_end: false };
  expect(await Readable.from([growing]).pipe(sentenceEnd()).toArray()).toEqual([]);
});
