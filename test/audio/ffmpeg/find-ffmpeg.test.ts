import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ffmpegWarning, findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { ENCODER, scratch } from '../samples.ts';

function environment(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** A folder with an FFmpeg in it, under a name. */
async function folderWith(name: string): Promise<string> {
  const folder = await scratch();
  await symlink(ENCODER, join(folder, name));
  return folder;
}

test('finds an FFmpeg on this machine that prints its version', async () => {
  const ffmpeg = await findFfmpeg();
  expect(ffmpeg.version).toMatch(/^\S+$/);
  expect(ffmpeg.path).toMatch(/ffmpeg/);
});

test('prefers the option to the variables, FFMPEG_PATH to FFMPEG_BIN, and both to PATH', async () => {
  const folder = await folderWith('ffmpeg');
  const [option, variable] = [join(folder, 'option'), join(folder, 'variable')];
  await symlink(ENCODER, option);
  await symlink(ENCODER, variable);
  environment({ PATH: folder, FFMPEG_PATH: variable, FFMPEG_BIN: join(folder, 'missing') });
  expect(await findFfmpeg({ ffmpegPath: option })).toMatchObject({ source: 'option', path: option });
  expect(await findFfmpeg()).toMatchObject({ source: 'FFMPEG_PATH', path: variable });
  environment({ FFMPEG_PATH: '', FFMPEG_BIN: variable });
  expect(await findFfmpeg()).toMatchObject({ source: 'FFMPEG_BIN', path: variable });
  environment({ FFMPEG_BIN: '' });
  expect(await findFfmpeg()).toMatchObject({ source: 'PATH', path: join(folder, 'ffmpeg') });
});

test('looks up a bare name on PATH', async () => {
  const folder = await folderWith('my-ffmpeg');
  environment({ PATH: folder });
  expect(await findFfmpeg({ ffmpegPath: 'my-ffmpeg' })).toMatchObject({ path: join(folder, 'my-ffmpeg') });
});

test('fails when the chosen FFmpeg does not run, without trying another', async () => {
  const folder = await scratch();
  const broken = join(folder, 'ffmpeg');
  await writeFile(broken, 'no program');
  await chmod(broken, 0o755);
  for (const ffmpegPath of [broken, join(folder, 'missing'), '/bin/true'])
    await expect(findFfmpeg({ ffmpegPath })).rejects.toMatchObject({
      code: 'E_FFMPEG_MISSING',
      message: expect.stringContaining(`ffmpegPath: ${ffmpegPath} does not run`),
      hint: expect.stringContaining('FFMPEG_PATH'),
    });
  environment({ FFMPEG_PATH: broken });
  await expect(findFfmpeg()).rejects.toMatchObject({ code: 'E_FFMPEG_MISSING' });
});

test('skips a broken FFmpeg on PATH, and relative entries', async () => {
  const folder = await scratch();
  await mkdir(join(folder, 'broken'));
  await copyFile('package.json', join(folder, 'broken', 'ffmpeg'));
  await chmod(join(folder, 'broken', 'ffmpeg'), 0o755);
  const besideTheRecordings = relative(process.cwd(), await folderWith('ffmpeg'));
  environment({ PATH: `${besideTheRecordings}::${join(folder, 'broken')}` });
  expect((await findFfmpeg()).source).not.toBe('PATH');
});

test('warns only of the old build that is the last choice', () => {
  const ffmpeg = { path: '/x/ffmpeg', version: 'N-47683' };
  expect(ffmpegWarning({ ...ffmpeg, source: '@ffmpeg-installer/ffmpeg' })?.code).toBe('W_OLD_FFMPEG');
  expect(ffmpegWarning({ ...ffmpeg, source: 'PATH' })).toBeUndefined();
});
