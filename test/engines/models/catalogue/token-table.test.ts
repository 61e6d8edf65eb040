import { expect, test } from 'vitest';
import { tokenTable } from '../../../../lib/engines/models/catalogue/token-table.ts';

function sourceWith(tokens: readonly string[]): string {
  const vocabulary = Buffer.from(tokens.join('\n')).toString('base64');
  return `const other = "x"\nconst llama_vocab_base64 = "${vocabulary}"\n`;
}

function tokensOf(table: string): Array<[bytes: Buffer, id: number]> {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([bytes = '', id]) => [Buffer.from(bytes, 'base64'), Number(id)]);
}

test('writes the bytes and the number of each token, in order', () => {
  const tokens = tokensOf(tokenTable(sourceWith(['<unk>', '▁the', 'ö'])));

  expect(tokens.slice(0, 3).map(([bytes]) => bytes.toString())).toEqual(['<unk>', '▁the', 'ö']);
  expect(tokens.map(([, id]) => id)).toEqual(tokens.map((_token, index) => index));
});

test('writes a byte token as that byte', () => {
  const [first] = tokensOf(tokenTable(sourceWith(['<0x0A>']))).map(([bytes]) => bytes);

  expect(first).toEqual(Buffer.of(10));
});

test('adds the special tokens of the model after those of the tokenizer', () => {
  const tokens = tokensOf(tokenTable(sourceWith(['<unk>']))).map(([bytes]) => bytes.toString());

  expect(tokens).toHaveLength(1 + 768);
  expect(tokens[1]).toBe('<<ST_0>>');
  expect(tokens.at(-1)).toBe('<<ST_767>>');
});
