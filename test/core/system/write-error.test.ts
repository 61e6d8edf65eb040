import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FunAsrError } from '../../../lib/core/errors.ts';
import { withWriteErrors, writeError } from '../../../lib/core/system/write-error.ts';

it.each([
  ['ENOSPC', 'E_DISK_FULL'],
  ['EDQUOT', 'E_DISK_FULL'],
  ['EACCES', 'E_WRITE'],
  ['EROFS', 'E_WRITE'],
])('turns %s into %s with the path, a hint and the cause', (system, code) => {
  const cause = Object.assign(new Error('reason'), { code: system });
  const { hint, ...error } = writeError('out/talk.srt', cause);
  expect(error).toMatchObject({ code });
  expect(writeError('out/talk.srt', cause)).toMatchObject({
    message: expect.stringContaining('out/talk.srt: cannot be written: '),
    cause,
  });
  expect(hint).toMatch(/^[A-Z].*\.$/);
  expect(writeError('x', cause, 'Do this.').hint).toBe('Do this.');
});

it('keeps an error that has a code already', () => {
  const error = new FunAsrError('E_LOCKED', 'locked');
  expect(writeError('x', error)).toBe(error);
});

it.runIf(process.platform === 'linux')('reports a disk that is full as such', async () => {
  const writing = withWriteErrors('/dev/full', async () => {
    const file = await open('/dev/full', 'a');
    try {
      await file.appendFile('x');
    } finally {
      await file.close();
    }
  });
  await expect(writing).rejects.toMatchObject({
    code: 'E_DISK_FULL',
    message: '/dev/full: cannot be written: the disk is full',
  });
});
