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

it('writes paragraphs, which end at pauses of 2 s and where the speaker changes', async () => {
  const sentences = [
    finalSentence('Yes.', 0, 900),
    partial(finalSentence('N', 1000, 1000)),
    finalSentence('No.', 2899, 3000),
    finalSentence('“我们……', 5000, 6000),
    finalSentence('今天。”', 6100, 7000),
    finalSentence('OK.', 7100, 8000),
    { ...finalSentence('Me?', 8000, 8500), speaker: 'Ann' },
    { ...finalSentence('You.', 8600, 8800), speaker: 'Ann' },
    { ...finalSentence('Oh.', 8900, 9000), speaker: 'Bob' },
  ];
  expect(await written(text({ paragraphs: true }), sentences)).toBe(
    'Yes. No.\n\n“我们……今天。” OK.\n\nAnn: Me? You.\n\nBob: Oh.\n',
  );
  expect(await written(text({ paragraphs: true }), [])).toBe('');
});
