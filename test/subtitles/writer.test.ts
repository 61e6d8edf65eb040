import { expect, it } from 'vitest';
import { OUTPUT_FORMATS } from '../../lib/subtitles/formats.ts';
import { finalSentence, written } from './cues/final-sentence.ts';

const SENTENCES = [finalSentence('Yes.\r\nNo.', 0, 1000), finalSentence('Well.', 2000, 3000)];

it.each(['srt', 'vtt', 'ass', 'lrc', 'txt'] as const)(
  'writes %s with CRLF and one byte order mark when the options say so',
  async (format) => {
    const plain = await written(OUTPUT_FORMATS[format]({}), SENTENCES);
    expect(plain).not.toMatch(/[\r\ufeff]/);
    const converted = await written(OUTPUT_FORMATS[format]({ newline: 'crlf', bom: true }), SENTENCES);
    // A reader of the stream removes a byte order mark at its start.
    expect(converted).toBe(plain.replaceAll('\n', '\r\n'));
  },
);

it('writes the bytes of a byte order mark, also without sentences', async () => {
  const bytes = async (sentences: typeof SENTENCES): Promise<Buffer> => {
    const writer = OUTPUT_FORMATS.srt({ bom: true });
    for (const sentence of sentences) writer.write(sentence);
    writer.end();
    return Buffer.concat(await writer.toArray());
  };
  expect((await bytes([])).toString('hex')).toBe('efbbbf');
  expect((await bytes(SENTENCES)).toString('hex')).toMatch(/^efbbbf310a/);
});

it('lists the formats in the order of "all"', () => {
  expect(Object.keys(OUTPUT_FORMATS)).toEqual(['srt', 'vtt', 'ass', 'lrc', 'txt', 'tsv', 'json', 'jsonl']);
});

it.each([
  [{ sentence_end: undefined }, 'sentence_end: true or false'],
  [{ end_time: '1000' }, 'an end_time in ms'],
])('refuses a sentence that is neither partial nor final: %o', async (fields, missing) => {
  const sentence = Object.assign({}, SENTENCES[0], fields);
  for (const format of ['srt', 'txt', 'json'] as const)
    await expect(written(OUTPUT_FORMATS[format]({}), [sentence])).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringContaining(`a sentence must be an object with ${missing}, got`),
    });
});
