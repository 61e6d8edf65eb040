import { expect, it } from 'vitest';
import { text } from '../../lib/subtitles/text.ts';
import { finalSentence, partial, written } from './cues/final-sentence.ts';

it('writes one line for each final sentence, also when its text has line ends', async () => {
  const sentences = [
    finalSentence('Yes.\r\nNo.', 0, 900),
    finalSentence(' ', 900, 901),
    finalSentence('对。', 1000, 2000),
  ];
  expect(await written(text(), [partial(finalSentence('Ye', 0, 0)), ...sentences])).toBe('Yes. No.\n对。\n');
});

it('writes nothing without sentences', async () => {
  expect(await written(text(), [])).toBe('');
});
