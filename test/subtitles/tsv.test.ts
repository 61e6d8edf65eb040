import { expect, it } from 'vitest';
import { tsv } from '../../lib/subtitles/tsv.ts';
import { finalSentence, partial, written } from './cues/final-sentence.ts';

it('writes a header and one line for each final sentence, with integer milliseconds and without tabs in the text', async () => {
  const sentences = [finalSentence('Yes.\tNo\n"quoted"', 640, 1640.4), finalSentence('', 2000, 2000)];
  expect(await written(tsv(), [partial(finalSentence('Ye', 0, 0)), ...sentences])).toBe(
    'start\tend\ttext\n640\t1640\tYes. No "quoted"\n',
  );
});

it('replaces invalid times', async () => {
  expect(await written(tsv(), [finalSentence('Yes.', Number.NaN, Infinity)])).toBe(
    'start\tend\ttext\n0\t0\tYes.\n',
  );
});

it('writes only the header without sentences', async () => {
  expect(await written(tsv(), [])).toBe('start\tend\ttext\n');
});

it('gives all lines the same columns when some speakers are not known', async () => {
  const known = { ...finalSentence('Yes.', 0, 1000), speaker: 'Ann', channel_id: 1 };
  const unknown = finalSentence('No.', 2000, 3000);
  expect(await written(tsv(), [known, unknown])).toBe(
    'start\tend\tchannel\tspeaker\ttext\n0\t1000\t1\tAnn\tYes.\n2000\t3000\t\t\tNo.\n',
  );
  expect(await written(tsv(), [unknown, known])).toBe(
    'start\tend\ttext\n2000\t3000\tNo.\n0\t1000\tAnn: Yes.\n',
  );
});
