import { expect, it } from 'vitest';
import { parseUntrustedJson } from '../../../lib/protocol/messages/untrusted-json.ts';

const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

it('parses JSON that is nested 16 levels deep', () => {
  expect(parseUntrustedJson(nested(16, '[', ']'))).toHaveLength(1);
  expect(parseUntrustedJson('{"a":[{"b":null}],"c":"[[[[[[[[[[[[[[[[[[["}')).toMatchObject({
    a: [{ b: null }],
  });
});

it.each([
  ['17 arrays', nested(17, '[', ']')],
  ['17 objects', `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`],
  ['half a million arrays', nested(500_000, '[', ']')],
  ['a single deep branch', `[1,${nested(16, '[', ']')}]`],
  ['invalid JSON', '{'],
])('refuses %s', (_, text) => {
  expect(() => parseUntrustedJson(text)).toThrow(SyntaxError);
});
