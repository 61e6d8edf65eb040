import { createHash } from 'node:crypto';
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  checkSameContent,
  contentHash,
  ContentHashes,
} from '../../../../lib/batch/state/content/content-hash.ts';
import { fileStamp } from '../../../../lib/batch/state/content/file-stamp.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A file, and a state folder beside it. */
async function talk() {
  const folder = await temporaryFolder();
  const [path, statePath] = [join(folder, 'talk.mp3'), join(folder, '.fun-asr')];
  await mkdir(statePath);
  await writeFile(path, 'audio');
  return { path, statePath };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

it('is the SHA-256 of all bytes', async () => {
  const { path } = await talk();
  await writeFile(path, Buffer.alloc(3_000_001, 'a'));
  expect(await contentHash(path)).toBe(sha256('a'.repeat(3_000_001)));
  await expect(contentHash(`${path}.gone`)).rejects.toMatchObject({ code: 'E_READ' });
  await expect(contentHash(path, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

it('is read again only when the stamp of the file has changed', async () => {
  const { path, statePath } = await talk();
  const first = await ContentHashes.read(statePath);
  expect(await first.known(path, 'talk.mp3')).toBeUndefined();
  const { content, stamp } = await first.of(path, 'talk.mp3');
  expect([content, stamp]).toEqual([sha256('audio'), await fileStamp(path)]);
  await first.save();
  const cached = { content: 'from the cache', stamp };
  await appendFile(join(statePath, 'content.jsonl'), `${JSON.stringify({ input: 'talk.mp3', ...cached })}\n`);
  const second = await ContentHashes.read(statePath);
  expect(await second.of(path, 'talk.mp3')).toEqual(cached);
  await chmod(path, 0o600);
  expect(await second.known(path, 'talk.mp3')).toBeUndefined();
  expect((await second.of(path, 'talk.mp3')).content).toBe(sha256('audio'));
});

it('is read again when its cache is damaged or missing', async () => {
  const { path, statePath } = await talk();
  for (const damage of ['{"input":"talk.mp3","content"', 'null', '[]', '{"input":1}', '\0']) {
    await writeFile(join(statePath, 'content.jsonl'), damage);
    expect((await (await ContentHashes.read(statePath)).of(path, 'talk.mp3')).content).toBe(sha256('audio'));
  }
  await rm(statePath, { recursive: true });
  const hashes = await ContentHashes.read(statePath);
  expect((await hashes.of(path, 'talk.mp3')).content).toBe(sha256('audio'));
  await expect(hashes.save()).resolves.toBeUndefined();
});

it('stays the same when only the stamp changes, and not when the bytes do', async () => {
  const { path } = await talk();
  const [content, stamp] = [await contentHash(path), await fileStamp(path)];
  await utimes(path, 1, 1);
  await expect(checkSameContent(path, content, stamp)).resolves.toBeUndefined();
  await copyFile(path, `${path}2`);
  await rename(`${path}2`, path);
  await expect(checkSameContent(path, content, stamp)).resolves.toBeUndefined();
  expect(await readFile(path, 'utf8')).toBe('audio');
  await appendFile(path, '!');
  await expect(checkSameContent(path, content, stamp)).rejects.toMatchObject({ code: 'E_CHANGED' });
});
