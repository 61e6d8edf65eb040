import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { CANARY, leaks } from '../support/canary.ts';

it.each([
  ['as plain text', `Authorization: Bearer ${CANARY}`],
  ['without its beginning', `…${CANARY.slice(8)}`],
  ['in the base64 of a password', Buffer.from(`user:${CANARY}`).toString('base64')],
  ['in the base64 of a header', Buffer.from(`Bearer ${CANARY}`).toString('base64url')],
  ['alone in base64', Buffer.from(CANARY).toString('base64')],
  ['in a buffer that is printed', inspect(Buffer.from(`key ${CANARY}`))],
  ['in a buffer as JSON', JSON.stringify(Buffer.from(`key ${CANARY}`))],
  [
    'in an array of bytes',
    inspect(new Uint8Array(Buffer.from(CANARY)), { maxArrayLength: null, breakLength: Infinity }),
  ],
])('finds the canary %s', (_, text) => {
  expect(leaks(`before ${text} after`)).not.toEqual([]);
});

it('finds nothing in a text without the canary', () => {
  expect(leaks(`sk-… [Function: apiKey] sk-canary ${'x'.repeat(100)}`)).toEqual([]);
});
