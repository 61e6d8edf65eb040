import { copyFile, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, Program } from '../run-cli.ts';

const FIXTURES = new URL('../../../fixtures/', import.meta.url).pathname;

/** A descriptor that every write to fails. */
async function unwritable(): Promise<number> {
  const file = await open(join(FIXTURES, 'himself.ogg'), 'r');
  onTestFinished(() => file.close());
  return file.fd;
}

it('standard output that cannot be written is one line, and the work is done all the same', async () => {
  const folder = await temporaryFolder();
  await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'a.ogg'));
  const stdout = await unwritable();
  const { exitCode, stderr } = await cli(['transcribe', folder, '--json', '-q'], { stdout });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: standard output cannot be written: .*\[E_WRITE\]\n$/);
  expect((await readdir(folder)).sort()).toEqual(['.fun-asr', 'a.jsonl', 'a.ogg', 'a.srt']);
  expect(await readdir(join(folder, '.fun-asr'))).toEqual(['ledger.jsonl']);
});

it('so it is for a command that waits for it', async () => {
  const args = ['convert', '-', '--to', 'wav'];
  const stdin = join(FIXTURES, 'himself.ogg');
  const { exitCode, stderr } = await cli(args, { stdin, stdout: await unwritable() });
  expect(exitCode).toBe(1);
  expect(stderr.match(/error:/g)).toHaveLength(1);
});

it('a reader who has had enough is no failure', async () => {
  const program = new Program(['models']);
  program.process.stdout?.destroy();
  expect(await program.finished()).toMatchObject({ exitCode: 0, stderr: '' });
});
