import { expect, it } from 'vitest';
import { parseShallow } from '../../lib/protocol/shallow-json.ts';

const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

it('what is nested as deeply as sixteen levels is parsed', () => {
  expect(parseShallow(nested(16, '[', ']'))).toHaveLength(1);
  expect(parseShallow('{"a":[{"b":null}],"c":"[[[[[[[[[[[[[[[[[[["}')).toMatchObject({ a: [{ b: null }] });
});

it.each([
  ['17 arrays', nested(17, '[', ']')],
  ['17 objects', `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`],
  ['half a million arrays', nested(500_000, '[', ']')],
  ['a branch that is deep', `[1,${nested(16, '[', ']')}]`],
  ['what is no JSON', '{'],
])('%s are refused', (_, text) => {
  expect(() => parseShallow(text)).toThrow(SyntaxError);
});
