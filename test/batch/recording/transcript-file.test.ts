import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contentHash } from '../../../lib/batch/state/content/content-hash.ts';
import { TranscriptFile } from '../../../lib/batch/recording/transcript-file.ts';
import { finalSentence } from '../../subtitles/cues/final-sentence.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

it('has its name, size and time when it is complete and placed', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'talk.txt');
  const file = await TranscriptFile.create(path, 'txt');
  await file.write(finalSentence('The first.', 0, 900));
  await file.write(finalSentence('The second.', 1000, 1900));
  const written = await file.complete();
  expect(await readdir(folder)).toEqual([expect.stringMatching(/\.part$/)]);
  await file.place();
  const { size, mtimeMs } = await stat(path);
  expect(written).toEqual({ size, mtimeMs, content: await contentHash(path) });
  expect(await readFile(path, 'utf8')).toContain('The second.');
  expect(await readdir(folder)).toEqual(['talk.txt']);
});

it('replaces the file that had its name in one step', async () => {
  const path = join(await temporaryFolder(), 'talk.jsonl');
  await writeFile(path, 'old');
  const file = await TranscriptFile.create(path, 'jsonl');
  await file.write(finalSentence('new', 0, 900));
  await file.complete();
  expect(await readFile(path, 'utf8')).toBe('old');
  await file.place();
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ text: 'new' });
});

it('waits for the disk when there is much to write, and loses nothing', async () => {
  const path = join(await temporaryFolder(), 'talk.jsonl');
  const file = await TranscriptFile.create(path, 'jsonl');
  for (let n = 0; n < 5000; n += 1)
    await file.write(finalSentence(`sentence ${n}`, n * 1000, n * 1000 + 900));
  await file.complete();
  await file.place();
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).text)).toEqual(
    Array.from({ length: 5000 }, (_, n) => `sentence ${n}`),
  );
});

it('leaves nothing when it is discarded in the middle', async () => {
  const folder = await temporaryFolder();
  const file = await TranscriptFile.create(join(folder, 'talk.srt'), 'srt');
  await file.write(finalSentence('never kept', 0, 900));
  await file.discard();
  expect(await readdir(folder)).toEqual([]);
});

it('names its final path when it cannot be created, completed or placed', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'talk.srt');
  const temporaryPath = join(folder, 'own.part');
  const failure = { code: 'E_WRITE', message: expect.stringContaining(path) };
  const create = () => TranscriptFile.create(path, 'srt', temporaryPath);
  const file = await create();
  await expect(create()).rejects.toMatchObject(failure);
  await mkdir(join(path, 'full'), { recursive: true });
  await file.complete();
  await expect(file.place()).rejects.toMatchObject(failure);
  await rm(temporaryPath);
  await expect(file.complete()).rejects.toMatchObject(failure);
});
