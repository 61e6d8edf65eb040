import { expect, it } from 'vitest';
import { errorLine, warningLine } from '../../../lib/cli/terminal/error-line.ts';
import { FunAsrError } from '../../../lib/core/errors.ts';

it('formats an error as one line: input, reason, hint, code and request id', () => {
  const error = new FunAsrError('E_AUTH', 'the key was rejected', { hint: 'Check it.', requestId: 'r-1' });
  expect(errorLine(error, 'talk.mp3')).toBe(
    'error: talk.mp3: the key was rejected. Check it. [E_AUTH, request id r-1]',
  );
});

it('does not repeat an input that the message contains', () => {
  const warning = new FunAsrError('W_TRUNCATED', 'talk.mp3: truncated');
  expect(warningLine(warning, 'talk.mp3')).toBe('warning: talk.mp3: truncated. [W_TRUNCATED]');
});

it('keeps a message of the service on one line', () => {
  expect(errorLine(new FunAsrError('E_SERVER', 'one\ntwo\x1b[2J'))).toBe(
    'error: one\\x0atwo\\x1b[2J. [E_SERVER]',
  );
});
