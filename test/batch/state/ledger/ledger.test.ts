import { appendFile, mkdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../../lib/batch/state/ledger/ledger.ts';
import { type LedgerEntry } from '../../../../lib/batch/state/ledger/ledger-entry.ts';
import { createHash } from 'node:crypto';
import { finishedEntry } from '../../ledger-key.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const key = { input: 'talk.mp3', content: '1-2-3-4', parameters: 'abc' };
const reported = { durationMs: 1000, sentences: 1, engine: 'local', model: 'm', isPartial: false } as const;

async function folderWith(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, '.fun-asr'));
  for (const name of names) await writeFile(join(folder, name), `content of ${name}`);
  return folder;
}

async function entryFor(folder: string, names: string[], isFinished = true): Promise<LedgerEntry> {
  const outputs = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      const content = createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex');
      return { name, size, mtimeMs, content };
    }),
  );
  return { ...key, ...reported, outputs, isFinished };
}

const ledgerPath = (folder: string) => join(folder, '.fun-asr', 'ledger.jsonl');

describe('a recording is finished', () => {
  it('when it has an entry and its outputs exist', async () => {
    const folder = await folderWith('talk.srt', 'talk.jsonl');
    const entry = await entryFor(folder, ['talk.srt', 'talk.jsonl']);
    await (await Ledger.read(folder)).add(entry);
    const ledger = await Ledger.read(folder);
    expect(await finishedEntry(ledger, key, ['srt', 'jsonl'])).toMatchObject(entry);
    expect(await finishedEntry(ledger, key, ['srt'])).toMatchObject({
      ...entry,
      outputs: entry.outputs.slice(0, 1),
    });
  });

  it('when the wanted outputs are from several runs', async () => {
    const folder = await folderWith('talk.srt', 'talk.txt', 'talk.vtt');
    const ledger = await Ledger.read(folder);
    for (const names of [['talk.srt'], ['talk.txt', 'talk.vtt']]) {
      await ledger.add(await entryFor(folder, names));
    }
    expect((await finishedEntry(ledger, key, ['srt']))?.outputs).toMatchObject([{ name: 'talk.srt' }]);
    expect((await finishedEntry(ledger, key, ['vtt', 'srt']))?.outputs).toMatchObject([
      { name: 'talk.vtt' },
      { name: 'talk.srt' },
    ]);
  });

  it('not when a run with other settings has replaced an output, or has begun to', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    const entry = await entryFor(folder, ['talk.srt']);
    await ledger.add(entry);
    await ledger.add({ ...entry, parameters: 'other', isFinished: false });
    expect(await finishedEntry(ledger, key, ['srt'])).toBeUndefined();
    await ledger.add({ ...entry, parameters: 'other' });
    expect(await finishedEntry(ledger, key, ['srt'])).toBeUndefined();
    await ledger.add(entry);
    expect(await finishedEntry(ledger, key, ['srt'])).toBeDefined();
  });

  it('even when its outputs were edited', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    await ledger.add(await entryFor(folder, ['talk.srt']));
    await appendFile(join(folder, 'talk.srt'), 'corrected');
    expect(await finishedEntry(ledger, key, ['srt'])).toBeDefined();
  });

  it.each([
    ['the recording', { content: '9-9-9-9' }],
    ['a parameter', { parameters: 'other' }],
  ])('not when %s differs', async (_, change) => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    await ledger.add(await entryFor(folder, ['talk.srt']));
    expect(await finishedEntry(ledger, { ...key, ...change }, ['srt'])).toBeUndefined();
  });

  it('not when a wanted output is missing or was never written', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    const entry = await entryFor(folder, ['talk.srt']);
    const outputs = [...entry.outputs, { name: 'talk.jsonl', size: 1, mtimeMs: 1, content: '' }];
    await ledger.add({ ...entry, outputs });
    expect(await finishedEntry(ledger, key, ['srt', 'jsonl'])).toBeUndefined();
    expect(await finishedEntry(ledger, key, ['vtt'])).toBeUndefined();
  });

  it('not when the run ended before the outputs were in place', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    await ledger.add(await entryFor(folder, ['talk.srt'], false));
    expect(await finishedEntry(ledger, key, ['srt'])).toBeUndefined();
  });

  it('when it was renamed together with its outputs', async () => {
    const folder = await folderWith('before.srt');
    const ledger = await Ledger.read(folder);
    const renamed = { ...key, input: 'renamed.mp3' };
    await ledger.add(await entryFor(folder, ['before.srt']));
    expect(await finishedEntry(ledger, renamed, ['srt'])).toBeUndefined();
    await rename(join(folder, 'before.srt'), join(folder, 'talk.srt'));
    expect((await finishedEntry(ledger, renamed, ['srt']))?.outputs).toMatchObject([{ name: 'talk.srt' }]);
    await appendFile(join(folder, 'talk.srt'), 'edited');
    expect(await finishedEntry(ledger, renamed, ['srt'])).toBeUndefined();
  });

  it('never when it is standard input', async () => {
    const folder = await folderWith('stdin.srt');
    const ledger = await Ledger.read(folder);
    const stdin = { ...key, input: '-', content: null };
    await ledger.add({ ...(await entryFor(folder, ['stdin.srt'])), ...stdin });
    expect(await finishedEntry(ledger, stdin, ['srt'])).toBeUndefined();
    await expect(ledger.claim(stdin, ['stdin.srt'])).resolves.toBeUndefined();
  });
});

describe('an output may be written', () => {
  it('when its name is free, or it was written for the same recording', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    await ledger.add(await entryFor(folder, ['talk.srt'], false));
    await expect(ledger.claim(key, ['talk.srt', 'free.srt'])).resolves.toBeUndefined();
  });

  it('not when another program has written it', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    await expect(ledger.claim(key, ['talk.srt'])).rejects.toMatchObject({
      code: 'E_EXISTS',
      message: `${join(folder, 'talk.srt')}: exists already and is not replaced`,
    });
  });

  it('not when it was edited, or belongs to another recording', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    await ledger.add(await entryFor(folder, ['talk.srt']));
    await expect(
      ledger.claim({ ...key, input: 'talk.wav', content: 'other' }, ['talk.srt']),
    ).rejects.toMatchObject({ code: 'E_EXISTS' });
    await appendFile(join(folder, 'talk.srt'), 'corrected');
    await expect(ledger.claim(key, ['talk.srt'])).rejects.toMatchObject({ code: 'E_EXISTS' });
  });

  it('when a copy of it has another time and the same bytes', async () => {
    const folder = await folderWith('talk.srt');
    const ledger = await Ledger.read(folder);
    await ledger.add(await entryFor(folder, ['talk.srt']));
    await utimes(join(folder, 'talk.srt'), 1, 1);
    await expect(ledger.claim(key, ['talk.srt'])).resolves.toBeUndefined();
  });
});

describe('a damaged ledger', () => {
  it.each([
    '{"input":"talk.mp3","outp',
    'null',
    '[1]',
    '{"input":1}',
    '{"input":"x","outputs":[null]}',
    '\0\0',
  ])('ignores only the line %j, and keeps it in the file', async (line) => {
    const folder = await folderWith('talk.srt');
    const entry = await entryFor(folder, ['talk.srt']);
    await writeFile(ledgerPath(folder), `${JSON.stringify(entry)}\n${line}`);
    const ledger = await Ledger.read(folder);
    expect(ledger.damagedLines).toBe(1);
    expect(await finishedEntry(ledger, key, ['srt'])).toEqual(entry);
    await ledger.add({ ...entry, parameters: 'other' });
    const again = await Ledger.read(folder);
    expect(await finishedEntry(again, { ...key, parameters: 'other' }, ['srt'])).toBeDefined();
    expect(await readFile(ledgerPath(folder), 'utf8')).toContain(`\n${line}\n`);
  });
});

it.runIf(process.platform === 'linux')('fails with E_DISK_FULL when an entry cannot be written', async () => {
  const folder = await folderWith('talk.srt');
  const ledger = await Ledger.read(folder);
  await symlink('/dev/full', ledgerPath(folder));
  const adding = ledger.add(await entryFor(folder, ['talk.srt']));
  await expect(adding).rejects.toMatchObject({
    code: 'E_DISK_FULL',
    message: expect.stringContaining(ledgerPath(folder)),
  });
});
