import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { asFunAsrError, ERROR_CODES, FunAsrError, messageOf, systemCode } from '../../lib/core/errors.ts';

describe('FunAsrError', () => {
  it('has a name, code, hint and cause', () => {
    const cause = new Error('cause');
    const error = new FunAsrError('E_READ', 'talk.mp3: cannot be read', { hint: 'Check it.', cause });
    expect(error).toMatchObject({
      name: 'FunAsrError',
      code: 'E_READ',
      hint: 'Check it.',
      retryable: false,
      cause,
    });
    expect(String(error)).toBe('FunAsrError: talk.mp3: cannot be read');
  });

  it('has no property cause without a cause', () => {
    expect('cause' in new FunAsrError('E_READ', 'x')).toBe(false);
  });

  it('has a heading in the docs for each code, with the same text', async () => {
    const docs = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const documented = [...docs.matchAll(/^### (\w+)\n\n(.+)$/gm)].map(([, code, words]) => [code, words]);
    expect(documented).toEqual(Object.entries(ERROR_CODES));
  });
});

describe('anything that was thrown', () => {
  it('becomes an error with a code', () => {
    const ours = new FunAsrError('E_READ', 'talk.mp3: cannot be read');
    expect(asFunAsrError(ours, 'other.mp3')).toBe(ours);
    expect(asFunAsrError(AbortSignal.abort().reason)).toMatchObject({
      code: 'E_INTERRUPTED',
      message: 'stopped before its end',
    });
    expect(asFunAsrError(AbortSignal.abort().reason, 'talk.mp3').message).toBe(
      'talk.mp3: stopped before its end',
    );
    const cause = new TypeError('x is undefined');
    expect(asFunAsrError(cause)).toMatchObject({
      code: 'E_INTERNAL',
      message: 'x is undefined',
      hint: 'This is a defect of the program: please report it.',
      cause,
    });
    expect(asFunAsrError('text', 'talk.mp3')).toMatchObject({ message: 'talk.mp3: text', cause: 'text' });
  });

  it('has a message, and may have a system code', () => {
    expect([messageOf(new Error('a')), messageOf('b'), messageOf(3)]).toEqual(['a', 'b', '3']);
    expect(systemCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
    expect([systemCode(new Error('x')), systemCode('ENOENT')]).toEqual([undefined, undefined]);
  });
});
