import { expect, test } from 'vitest';
import { loadSherpa } from '../../../lib/engines/local/sherpa.ts';

test('loads the native library', async () => {
  expect((await loadSherpa()).Vad).toBeTypeOf('function');
});

test('explains what to do when the native library is not installed', async () => {
  await expect(loadSherpa('not-installed-here')).rejects.toMatchObject({
    code: 'E_ENGINE',
    message: expect.stringContaining('not-installed-here'),
    hint: expect.stringContaining('optional dependency'),
  });
});
