import { expect, it } from 'vitest';
import { tsv } from '../../lib/subtitles/tsv.ts';
import { finalSentence, partial, written } from './cues/final-sentence.ts';

it('one line a final sentence below the header, in integer milliseconds, tabs as spaces', async () => {
  const sentences = [finalSentence('Yes.\tNo\n"quoted"', 640, 1640.4), finalSentence('', 2000, 2000)];
  expect(await written(tsv(), [partial(finalSentence('Ye', 0, 0)), ...sentences])).toBe(
    'start\tend\ttext\n640\t1640\tYes. No "quoted"\n',
  );
});

it('broken times never reach the file', async () => {
  expect(await written(tsv(), [finalSentence('Yes.', Number.NaN, Infinity)])).toBe(
    'start\tend\ttext\n0\t0\tYes.\n',
  );
});

it('without sentences the file is only the header', async () => {
  expect(await written(tsv(), [])).toBe('start\tend\ttext\n');
});
