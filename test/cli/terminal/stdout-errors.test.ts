import { copyFile, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { FINISHED_STATE, stateFiles } from '../../support/state-files.ts';
import { cli, FIXTURES, Program } from '../run-cli.ts';

/** A file descriptor that cannot be written. */
async function unwritable(): Promise<number> {
  const file = await open(join(FIXTURES, 'himself.ogg'), 'r');
  onTestFinished(() => file.close());
  return file.fd;
}

it('transcribe writes all files and reports one error when stdout cannot be written', async () => {
  const folder = await temporaryFolder();
  await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'a.ogg'));
  const stdout = await unwritable();
  const { exitCode, stderr } = await cli(['transcribe', folder, '--json', '-q'], { stdout });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: standard output: cannot write: .*\[E_WRITE\]\n$/);
  expect((await readdir(folder)).sort()).toEqual(['.fun-asr', 'a.jsonl', 'a.ogg', 'a.srt']);
  expect(await stateFiles(folder)).toEqual(FINISHED_STATE);
});

it('convert to stdout reports one error when stdout cannot be written', async () => {
  const args = ['convert', '-', '--to', 'wav'];
  const stdin = join(FIXTURES, 'himself.ogg');
  const { exitCode, stderr } = await cli(args, { stdin, stdout: await unwritable() });
  expect(exitCode).toBe(1);
  expect(stderr.match(/error:/g)).toHaveLength(1);
});

it('exits with 0 when the reader closes the pipe early', async () => {
  const program = new Program(['models']);
  program.process.stdout?.destroy();
  expect(await program.finished()).toMatchObject({ exitCode: 0, stderr: '' });
});
