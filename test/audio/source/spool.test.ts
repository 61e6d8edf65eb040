import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Replayable } from '../../../lib/audio/source/replayable.ts';
import { spooled } from '../../../lib/audio/source/spool.ts';
import { scratch } from '../samples.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await scratch();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

function bytes(text: string): Replayable {
  const chunks = Readable.from([Buffer.from(text)])[Symbol.asyncIterator]();
  return new Replayable(chunks as AsyncIterator<Buffer, undefined>, 1000);
}

test('writes a complete file that only this user can read, and removes it', async () => {
  const folder = await temporaryFolder();
  const seen: unknown[] = [];
  for await (const path of spooled(bytes('all of it'), async function* (file) {
    yield file;
  })) {
    const [file, parent] = [await stat(path), await stat(dirname(path))];
    seen.push(String(await readFile(path)), file.mode & 0o777, parent.mode & 0o777);
  }
  expect(seen).toEqual(['all of it', 0o600, 0o700]);
  expect(readdirSync(folder)).toEqual([]);
});

test('removes the file when its use fails, and when the consumer breaks early', async () => {
  const folder = await temporaryFolder();
  const failing = spooled(bytes('x'), async function* (path) {
    yield path;
    throw new Error('broken');
  });
  await failing.next();
  expect(readdirSync(folder)).toHaveLength(1);
  await expect(failing.next()).rejects.toThrow('broken');
  expect(readdirSync(folder)).toEqual([]);
  const left = spooled(bytes('x'), async function* (path) {
    yield path;
    yield path;
  });
  await left.next();
  await left.return();
  expect(readdirSync(folder)).toEqual([]);
});

test('names a folder that cannot be written', async () => {
  vi.stubEnv('TMPDIR', '/proc');
  onTestFinished(() => void vi.unstubAllEnvs());
  const use = spooled(bytes('x'), async function* (path) {
    yield path;
  });
  await expect(use.next()).rejects.toMatchObject({
    code: 'E_WRITE',
    message: expect.stringContaining('/proc'),
  });
});
