import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { type ConversionContext, convertRecording } from '../../../lib/batch/recording/convert-recording.ts';
import { OutputFolders } from '../../../lib/batch/state/output-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function recording() {
  const folder = await temporaryFolder();
  await copyFile('fixtures/leisure.wav', join(folder, 'talk.wav'));
  const folders = new OutputFolders(() => {});
  onTestFinished(() => folders.close());
  const opened: string[] = [];
  const progress: number[] = [];
  const context: ConversionContext = {
    conversion: { to: 'mp3' },
    stdin: Readable.from([]),
    openFolder(path) {
      opened.push(path);
      return folders.open(path);
    },
    onEvent: (event) => event.type === 'progress' && progress.push(event.detail.audioMs),
  };
  const plan = {
    input: join(folder, 'talk.wav'),
    folder: join(folder, 'out'),
    stem: 'talk',
    name: 'talk.mp3',
    output: join(folder, 'out', 'talk.mp3'),
  };
  return { folder, plan, context, opened, progress };
}

it('has placed the output when it resolves, and reports the length that was converted', async () => {
  const { plan, context, progress } = await recording();
  const { result, error } = await convertRecording(plan, context);
  expect(error).toBeUndefined();
  expect(result).toMatchObject({ status: 'done', outputs: [plan.output], copied: false, partial: false });
  expect(result.durationMs).toBeGreaterThanOrEqual(7100);
  expect(Math.max(...progress)).toBeCloseTo(result.durationMs, -1);
  expect(await readdir(plan.folder)).toEqual(['.fun-asr', 'talk.mp3']);
});

it('returns an error with the warnings before it, and leaves no file', async () => {
  const { plan, context } = await recording();
  await writeFile(plan.input, 'This is not audio.');
  const { result, error } = await convertRecording(plan, context);
  expect(error?.code).toBe('E_BAD_MEDIA');
  expect(result).toMatchObject({
    status: 'failed',
    outputs: [],
    durationMs: 0,
    error: { code: 'E_BAD_MEDIA' },
  });
  expect(await readdir(join(plan.folder, '.fun-asr'))).toEqual(['lock']);
});

it('creates no folder for a recording that does not exist', async () => {
  const { folder, plan, context, opened } = await recording();
  const { error } = await convertRecording({ ...plan, input: join(folder, 'gone.wav') }, context);
  expect(error?.code).toBe('E_READ');
  expect(opened).toEqual([]);
});

it('reports an abort as an interruption', async () => {
  const { plan, context } = await recording();
  const conversion = { ...context.conversion, signal: AbortSignal.abort() };
  expect((await convertRecording(plan, { ...context, conversion })).error?.code).toBe('E_INTERRUPTED');
});
