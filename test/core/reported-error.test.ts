import { expect, it } from 'vitest';
import { FunAsrError } from '../../lib/core/errors.ts';
import { asError, reportError } from '../../lib/core/reported-error.ts';

it('converts an error to plain data, with null for missing fields', () => {
  const span = { beginMs: 1000, endMs: 2000 };
  const error = new FunAsrError('E_TIMEOUT', 'late', {
    hint: 'Wait.',
    requestId: 'abc',
    retryable: true,
    span,
  });
  expect(reportError(error)).toEqual({
    code: 'E_TIMEOUT',
    message: 'late',
    hint: 'Wait.',
    requestId: 'abc',
    span: { begin: 1000, end: 2000 },
  });
  expect(reportError(new FunAsrError('E_READ', 'gone'))).toEqual({
    code: 'E_READ',
    message: 'gone',
    hint: null,
    requestId: null,
  });
});

it('restores an error from plain data', () => {
  for (const details of [{}, { hint: 'Wait.', requestId: 'abc', span: { beginMs: 1, endMs: 2 } }]) {
    const error = new FunAsrError('W_UNRECOGNIZED', 'no words', details);
    expect(asError(JSON.parse(JSON.stringify(reportError(error))))).toEqual(error);
  }
});
