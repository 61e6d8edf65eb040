import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { OutputFolders } from '../../../lib/batch/state/output-folder.ts';
import type { PlannedRecording } from '../../../lib/batch/plan/output-plan.ts';
import { RecordingOutputs } from '../../../lib/batch/recording/recording-outputs.ts';
import { STDIN } from '../../../lib/batch/plan/find-recordings.ts';
import { JournalIndex } from '../../../lib/batch/state/journal-index.ts';
import { keyOf } from '../ledger-key.ts';
import { type PendingRecording, checkFinished } from '../../../lib/batch/plan/check-finished.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HIMSELF = new URL('../../../fixtures/himself.ogg', import.meta.url).pathname;
const OPTIONS = {
  formats: ['srt', 'txt'],
  force: false,
  settings: ['abc'],
  journals: new JournalIndex(),
} as const;

/** A recording with an output folder `out` beside it. */
async function recording(): Promise<{ plan: PlannedRecording; folders: OutputFolders }> {
  const folder = await temporaryFolder();
  await copyFile(HIMSELF, join(folder, 'talk.ogg'));
  const folders = new OutputFolders(() => {});
  onTestFinished(() => folders.close());
  return { plan: { input: join(folder, 'talk.ogg'), folder: join(folder, 'out'), stem: 'talk' }, folders };
}

/** Writes the outputs of a recording as a run does. */
async function finish(recorded: PendingRecording): Promise<void> {
  const outputs = await RecordingOutputs.create(recorded, OPTIONS.formats);
  const reported = { durationMs: 1, sentences: 0, engine: 'local', model: 'm', isPartial: false } as const;
  await outputs.finish(reported);
}

it('is pending until its outputs exist, and again with force', async () => {
  const { plan, folders } = await recording();
  const first = await checkFinished(plan, folders, OPTIONS);
  expect(first).toMatchObject({
    pending: { input: plan.input, stem: 'talk', key: { input: '../talk.ogg', parameters: 'abc' } },
  });
  if ('pending' in first) await finish(first.pending);
  expect(await checkFinished(plan, folders, OPTIONS)).toMatchObject({
    finished: { entry: { outputs: [{ name: 'talk.srt' }, { name: 'talk.txt' }] } },
  });
  expect(await checkFinished(plan, folders, { ...OPTIONS, settings: ['other'] })).toHaveProperty('pending');
  expect(await checkFinished(plan, folders, { ...OPTIONS, force: true })).toHaveProperty('pending');
});

it('identifies a recording by every path of its folder', async () => {
  const { plan } = await recording();
  const link = join(await temporaryFolder(), 'link');
  await symlink(join(plan.input, '..'), link);
  expect(await keyOf({ ...plan, input: join(link, 'talk.ogg') }, 'abc')).toEqual(await keyOf(plan, 'abc'));
});

it.each(['talk.txt', 'talk.partial.srt'])(
  'a file %s that is not ours is in the way, unless it is forced',
  async (name) => {
    const { plan, folders } = await recording();
    await mkdir(plan.folder);
    await writeFile(join(plan.folder, name), 'by hand');
    await expect(checkFinished(plan, folders, OPTIONS)).rejects.toMatchObject({
      code: 'E_EXISTS',
      message: expect.stringContaining(name),
    });
    expect(await checkFinished(plan, folders, { ...OPTIONS, force: true })).toHaveProperty('pending');
  },
);

it.each([
  ['gone.mp3', 'E_READ'],
  ['empty.wav', 'E_BAD_MEDIA'],
  ['list.mp3', 'E_PLAYLIST_REFUSED'],
  ['https://example.com/talk.mp3', 'E_URL_REFUSED'],
])('refuses %s before a folder is created for its outputs', async (name, code) => {
  const { plan, folders } = await recording();
  const folder = join(plan.folder, '..');
  await writeFile(join(folder, 'empty.wav'), '');
  await writeFile(join(folder, 'list.mp3'), '#EXTM3U\nother.mp3\n');
  const input = name.includes(':') ? name : join(folder, name);
  await expect(checkFinished({ ...plan, input }, folders, OPTIONS)).rejects.toMatchObject({ code });
  expect(await readdir(folder)).not.toContain('out');
});

it('makes no fingerprint of standard input', async () => {
  const { plan } = await recording();
  expect(await keyOf({ ...plan, input: STDIN }, 'abc')).toEqual({
    input: STDIN,
    content: null,
    parameters: 'abc',
  });
});
