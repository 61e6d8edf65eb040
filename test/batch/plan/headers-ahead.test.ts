import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STDIN } from '../../../lib/batch/plan/find-recordings.ts';
import { HeadersAhead } from '../../../lib/batch/plan/headers-ahead.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HIMSELF = new URL('../../../fixtures/himself.ogg', import.meta.url).pathname;

it('gives the length of each recording in its turn, and none for standard input', async () => {
  const folder = await temporaryFolder();
  const recordings = ['a.ogg', 'b.ogg', 'c.ogg'].map((name) => ({ input: join(folder, name) }));
  for (const { input } of recordings) await copyFile(HIMSELF, input);
  const headers = new HeadersAhead([{ input: STDIN }, ...recordings], {}, 1);
  expect(await headers.take(0)).toEqual({});
  const [first, second] = [headers.take(1), headers.take(2)];
  expect(await Promise.all([first, second])).toMatchObject([
    { durationMs: expect.closeTo(3290, -2) },
    { durationMs: expect.closeTo(3290, -2) },
  ]);
  expect(await headers.take(3)).toMatchObject({ durationMs: expect.closeTo(3290, -2) });
  expect(await headers.take(4)).toEqual({});
});

it('reports a recording that is too long when its turn has come', async () => {
  const headers = new HeadersAhead([{ input: HIMSELF }, { input: HIMSELF }], { maxDurationMs: 1000 }, 1);
  await expect(headers.take(0)).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
  await expect(headers.take(1)).rejects.toMatchObject({ code: 'E_DURATION_LIMIT' });
});
