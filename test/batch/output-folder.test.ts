import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFolder, OutputFolders } from '../../lib/batch/output-folder.ts';
import { RecordingOutputs } from '../../lib/batch/recording-outputs.ts';
import { finalSentence } from '../subtitles/final-sentence.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const record = {
  input: 'talk.mp3',
  fingerprint: '1',
  parameters: 'p',
  durationMs: 1,
  sentences: 1,
  engine: 'local',
  model: 'm',
  isPartial: false,
} as const;

describe('an output folder', () => {
  it('is made when it is missing, locked while it is open, and left as it was', async () => {
    const path = join(await temporaryFolder(), 'new', 'folder');
    const folder = await OutputFolder.open(path);
    await expect(OutputFolder.open(path)).rejects.toMatchObject({ code: 'E_LOCKED' });
    await folder.close();
    expect(await readdir(path)).toEqual([]);
  });

  it('is refused when it cannot be', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, '');
    await expect(OutputFolder.open(join(path, 'out'))).rejects.toMatchObject({ code: 'E_WRITE' });
  });

  it('is freed of what a killed run left, and of nothing else', async () => {
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

  it('is opened once in a run, by whatever name, and says once that its ledger is damaged', async () => {
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

describe('the outputs of a recording', () => {
  async function outputs(path: string) {
    const folder = await OutputFolder.open(path);
    return { folder, outputs: await RecordingOutputs.create(folder, 'talk', ['srt', 'jsonl']) };
  }
  const names = async (path: string) => (await readdir(path)).filter((name) => name !== '.fun-asr').sort();

  it('appear under their names when they are complete, not before', async () => {
    const path = await temporaryFolder();
    const open = await outputs(path);
    for (let i = 0; i < 2000; i++)
      await open.outputs.write(finalSentence(`sentence ${i}`, i * 1000, i * 1000 + 900));
    expect(await names(path)).toEqual([]);
    const paths = await open.outputs.finish(record);
    expect(paths).toEqual([join(path, 'talk.srt'), join(path, 'talk.jsonl')]);
    expect(await names(path)).toEqual(['talk.jsonl', 'talk.srt']);
    expect(await open.folder.ledger.finished(record, ['srt', 'jsonl'])).toBeDefined();
    await open.folder.close();
  });

  it('are kept as partial, which is not finished, and replaced when they are complete', async () => {
    const path = await temporaryFolder();
    const first = await outputs(path);
    await first.outputs.write(finalSentence('sentence', 0, 900));
    await first.outputs.keepPartial(record);
    expect(await names(path)).toEqual(['talk.partial.jsonl', 'talk.partial.srt']);
    expect(await first.folder.ledger.finished(record, ['srt'])).toBeUndefined();
    await first.folder.close();
    const second = await outputs(path);
    await second.outputs.finish(record);
    expect(await names(path)).toEqual(['talk.jsonl', 'talk.srt']);
    await second.folder.close();
  });

  it('are made all or none', async () => {
    const path = await temporaryFolder();
    const folder = await OutputFolder.open(path);
    await expect(RecordingOutputs.create(folder, 'talk', ['srt', 'nonsense' as never])).rejects.toThrow(
      'not a function',
    );
    expect(await readdir(folder.statePath)).toEqual(['lock']);
    await folder.close();
  });

  it('leave nothing when they are discarded', async () => {
    const path = await temporaryFolder();
    const open = await outputs(path);
    await open.outputs.write(finalSentence('sentence', 0, 900));
    await open.outputs.discard();
    await open.folder.close();
    expect(await readdir(path)).toEqual([]);
  });
});
