import { expect, it } from 'vitest';
import { writeError } from '../../lib/core/write-error.ts';
import { FunAsrError } from '../../lib/core/errors.ts';

it.each([
  ['ENOSPC', 'E_DISK_FULL'],
  ['EDQUOT', 'E_DISK_FULL'],
  ['EACCES', 'E_WRITE'],
  ['EROFS', 'E_WRITE'],
])('%s is %s, with the path', (system, code) => {
  const cause = Object.assign(new Error('reason'), { code: system });
  expect(writeError('out/talk.srt', cause)).toMatchObject({
    code,
    message: expect.stringContaining('out/talk.srt'),
    cause,
  });
});

it('an error that has a code of ours already stays as it is', () => {
  const error = new FunAsrError('E_LOCKED', 'locked');
  expect(writeError('x', error)).toBe(error);
});
