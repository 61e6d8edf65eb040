import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonl } from '../../lib/subtitles/jsonl.ts';
import { finalSentence, hostileSentences, partial, written } from './cues/final-sentence.ts';

it('writes one line for each final sentence, with all its fields', async () => {
  const sentence = {
    ...finalSentence('Yes.', 640, 1640, [[640, 1640, 'Yes', '.']]),
    usage: { duration: 2 },
    emo_tag: 'positive',
  };
  const file = await written(jsonl(), [partial(sentence), sentence, sentence]);
  const lines = file.split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe('');
  expect(lines.slice(0, 2).map((line): unknown => JSON.parse(line))).toEqual([sentence, sentence]);
});

it('writes nothing without sentences', async () => {
  expect(await written(jsonl(), [])).toBe('');
});

it('writes any text as one JSON object per line, also for readers that split at other line ends', async () => {
  await fc.assert(
    fc.asyncProperty(hostileSentences, async (sentences) => {
      const file = await written(jsonl(), sentences);
      const lines = file.split(/[\n\r\u2028\u2029]/u);
      expect(lines.pop()).toBe('');
      expect(lines.map((line): unknown => JSON.parse(line).text)).toEqual(sentences.map(({ text }) => text));
    }),
  );
});
