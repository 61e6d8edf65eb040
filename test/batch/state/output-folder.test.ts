import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFolder, OutputFolders } from '../../../lib/batch/state/output-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('an output folder', () => {
  it('is created when it is missing, locked while it is open, and removed when it stays empty', async () => {
    const parent = await temporaryFolder();
    const path = join(parent, 'new', 'folder');
    const folder = await OutputFolder.open(path);
    await expect(OutputFolder.open(path)).rejects.toMatchObject({ code: 'E_LOCKED' });
    await folder.close();
    expect(await readdir(parent)).toEqual([]);
  });

  it('stays when it was there before, or has something in it', async () => {
    const existing = await temporaryFolder();
    await (await OutputFolder.open(existing)).close();
    expect(await readdir(existing)).toEqual([]);
    const path = join(existing, 'new');
    const folder = await OutputFolder.open(path);
    await writeFile(join(path, 'talk.srt'), '');
    await folder.close();
    expect(await readdir(path)).toEqual(['talk.srt']);
  });

  it('fails when it cannot be created or written', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, '');
    await expect(OutputFolder.open(join(path, 'out'))).rejects.toMatchObject({ code: 'E_WRITE' });
  });

  it('deletes only the temporary files of a killed run', async () => {
    const path = await temporaryFolder();
    await mkdir(join(path, '.fun-asr'));
    for (const name of ['1.part', 'ledger.jsonl']) await writeFile(join(path, '.fun-asr', name), '');
    await writeFile(join(path, '2.part'), '');
    await (await OutputFolder.open(path)).close();
    expect((await readdir(path, { recursive: true })).sort()).toEqual([
      '.fun-asr',
      '.fun-asr/ledger.jsonl',
      '2.part',
    ]);
  });

  it('is opened once in a run through all its paths, and warns once about a damaged ledger', async () => {
    const path = await temporaryFolder();
    await mkdir(join(path, '.fun-asr'));
    await writeFile(join(path, '.fun-asr', 'ledger.jsonl'), '{"input"');
    const warnings: string[] = [];
    const folders = new OutputFolders(({ code }) => void warnings.push(code));
    const [first, second] = await Promise.all([folders.open(path), folders.open(`${path}/.`)]);
    expect(first).toBe(second);
    const link = join(await temporaryFolder(), 'link');
    await symlink(path, link);
    expect(await folders.open(link)).toBe(first);
    expect(await folders.open(join(link, 'new'))).toBe(await folders.open(join(path, 'new')));
    expect(warnings).toEqual(['W_LEDGER']);
    await folders.close();
    await (await OutputFolder.open(path)).close();
  });
});
