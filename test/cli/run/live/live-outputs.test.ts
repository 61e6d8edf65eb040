import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LiveOutputs } from '../../../../lib/cli/run/live/live-outputs.ts';
import type { Sentence } from '../../../../lib/sentence.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SENTENCE: Sentence = {
  sentence_id: 1,
  begin_time: 0,
  end_time: 900,
  text: 'Hello.',
  words: [],
  sentence_end: true,
  request_id: 'r',
};

it('writes live.partial files and renames them at the end', async () => {
  const folder = join(await temporaryFolder(), 'new', 'one');
  const outputs = await LiveOutputs.create(folder, ['srt', 'jsonl']);
  expect((await readdir(folder)).sort()).toEqual(['live.partial.jsonl', 'live.partial.srt']);
  await outputs.write(SENTENCE);
  expect(await outputs.finish()).toEqual([join(folder, 'live.srt'), join(folder, 'live.jsonl')]);
  expect((await readdir(folder)).sort()).toEqual(['live.jsonl', 'live.srt']);
  expect(await readFile(join(folder, 'live.srt'), 'utf8')).toContain('Hello.');
});

it('never replaces an existing file with any extension', async () => {
  const folder = await temporaryFolder();
  for (const name of ['LIVE.mp3', 'live-2.partial.jsonl', 'lively.srt'])
    await writeFile(join(folder, name), name);
  const outputs = await LiveOutputs.create(folder, ['srt']);
  expect(await outputs.finish()).toEqual([join(folder, 'live-3.srt')]);
  expect(await readFile(join(folder, 'LIVE.mp3'), 'utf8')).toBe('LIVE.mp3');
});

it('uses different names for simultaneous transcriptions', async () => {
  const folder = await temporaryFolder();
  const first = await LiveOutputs.create(folder, ['txt']);
  const second = await LiveOutputs.create(folder, ['txt']);
  await first.write(SENTENCE);
  expect([await first.finish(), await second.finish()].flat()).toEqual([
    join(folder, 'live.txt'),
    join(folder, 'live-2.txt'),
  ]);
});

it('completes the .partial files after a failure', async () => {
  const folder = await temporaryFolder();
  const outputs = await LiveOutputs.create(folder, ['json']);
  await outputs.write(SENTENCE);
  const [path = ''] = await outputs.keepPartial();
  expect(path).toBe(join(folder, 'live.partial.json'));
  expect(JSON.stringify(JSON.parse(await readFile(path, 'utf8')))).toContain('Hello.');
});

it('deletes discarded files', async () => {
  const folder = await temporaryFolder();
  const outputs = await LiveOutputs.create(folder, ['srt', 'vtt']);
  await outputs.write(SENTENCE);
  await outputs.discard();
  expect(await readdir(folder)).toEqual([]);
});
