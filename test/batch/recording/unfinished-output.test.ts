import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Place } from '../../../lib/core/unfinished-file.ts';
import { UnfinishedOutput } from '../../../lib/batch/recording/unfinished-output.ts';
import { finalSentence } from '../../subtitles/cues/final-sentence.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function place(): Promise<Place> {
  const path = await temporaryFolder();
  await mkdir(join(path, 'state'));
  return { path, statePath: join(path, 'state') };
}

it('grows elsewhere, and has its name, size and time once it is complete and placed', async () => {
  const { path, statePath } = await place();
  const output = await UnfinishedOutput.create({ path, statePath }, 'talk.txt', 'txt');
  await output.write(finalSentence('The first.', 0, 900));
  await output.write(finalSentence('The second.', 1000, 1900));
  expect(await readdir(statePath)).toEqual([expect.stringMatching(/\.part$/)]);
  const written = await output.complete('talk.txt');
  expect(await readdir(path)).toEqual(['state']);
  await output.place('talk.txt');
  const { size, mtimeMs } = await stat(join(path, 'talk.txt'));
  expect(written).toEqual({ name: 'talk.txt', size, mtimeMs });
  expect(await readFile(join(path, 'talk.txt'), 'utf8')).toContain('The second.');
  expect(await readdir(statePath)).toEqual([]);
});

it('takes the place of what had its name, in one step', async () => {
  const { path, statePath } = await place();
  await writeFile(join(path, 'talk.jsonl'), 'old');
  const output = await UnfinishedOutput.create({ path, statePath }, 'talk.jsonl', 'jsonl');
  await output.write(finalSentence('new', 0, 900));
  await output.complete('talk.jsonl');
  expect(await readFile(join(path, 'talk.jsonl'), 'utf8')).toBe('old');
  await output.place('talk.jsonl');
  expect(JSON.parse(await readFile(join(path, 'talk.jsonl'), 'utf8'))).toMatchObject({ text: 'new' });
});

it('waits for the disk when there is much to write, and loses nothing', async () => {
  const { path, statePath } = await place();
  const output = await UnfinishedOutput.create({ path, statePath }, 'talk.jsonl', 'jsonl');
  for (let n = 0; n < 5000; n += 1)
    await output.write(finalSentence(`sentence ${n}`, n * 1000, n * 1000 + 900));
  await output.complete('talk.jsonl');
  await output.place('talk.jsonl');
  const lines = (await readFile(join(path, 'talk.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).text)).toEqual(
    Array.from({ length: 5000 }, (_, n) => `sentence ${n}`),
  );
});

it('leaves nothing when it is discarded, even in the middle', async () => {
  const { path, statePath } = await place();
  const output = await UnfinishedOutput.create({ path, statePath }, 'talk.srt', 'srt');
  await output.write(finalSentence('never kept', 0, 900));
  await output.discard();
  expect(await readdir(path, { recursive: true })).toEqual(['state']);
});

it('speaks of the file that it was meant to become when it cannot be made, completed or placed', async () => {
  const { path, statePath } = await place();
  const failure = { code: 'E_WRITE', message: expect.stringContaining(join(path, 'talk.srt')) };
  const create = () => UnfinishedOutput.create({ path, statePath }, 'talk.srt', 'srt', 'own.part');
  const output = await create();
  await expect(create()).rejects.toMatchObject(failure);
  await mkdir(join(path, 'talk.srt', 'full'), { recursive: true });
  await output.complete('talk.srt');
  await expect(output.place('talk.srt')).rejects.toMatchObject(failure);
  await rm(join(statePath, 'own.part'));
  await expect(output.complete('talk.srt')).rejects.toMatchObject(failure);
});
