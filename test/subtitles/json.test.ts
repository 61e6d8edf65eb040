import { expect, it } from 'vitest';
import { json } from '../../lib/subtitles/json.ts';
import { finalSentence, partial, written } from './cues/final-sentence.ts';

it('writes an array of the final sentences with all their fields', async () => {
  const sentences = [
    finalSentence('Yes.', 0, 900, [[0, 900, 'Yes', '.']]),
    finalSentence('No\u2028.', 1000, 1900),
  ];
  const document = await written(json(), [partial(finalSentence('Ye', 0, 0)), ...sentences]);
  expect(JSON.parse(document)).toEqual(sentences);
  expect(document.split('\n')).toHaveLength(5);
});

it('writes an empty array without sentences', async () => {
  expect(JSON.parse(await written(json(), []))).toEqual([]);
});
