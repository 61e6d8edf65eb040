import { expect, it } from 'vitest';
import { STDIN } from '../../../lib/batch/plan/find-recordings.ts';
import { gapError } from '../../../lib/batch/recording/gap-error.ts';
import { FunAsrError } from '../../../lib/core/errors.ts';

const GAP = { beginMs: 3000, endMs: 3540, retries: 0 };

it('reports which parts are missing, and the cause of the last one', () => {
  const reason = new FunAsrError('E_SERVER', 'the service failed the task: oops', { requestId: 'abc' });
  const error = gapError('talk.mp3', [GAP, { beginMs: 60_000, endMs: 61_000, retries: 3 }], reason);
  expect(error).toMatchObject({
    code: 'E_SERVER_SPAN',
    message: 'talk.mp3: the service did not recognise 3.0 s to 3.5 s, 60.0 s to 61.0 s',
    span: undefined,
    requestId: 'abc',
    cause: reason,
  });
  expect(gapError('talk.mp3', [GAP]).span).toMatchObject({ beginMs: 3000, endMs: 3540 });
});

it.each([
  ['talk.mp3', 2, /^Run the same command again/, true],
  ['talk.mp3', 3, /use force/, false],
  [STDIN, 0, /standard input cannot be read twice/, false],
])('has a hint for the input %s after %i retries', (input, retries, hint, retryable) => {
  const error = gapError(input, [{ ...GAP, retries }]);
  expect(error.hint).toMatch(hint);
  expect(error.retryable).toBe(retryable);
});
