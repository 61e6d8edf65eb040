import { appendFile, cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { recognise, service } from '../../batch/run-batch.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { Program } from '../run-cli.ts';

const FIXTURES = new URL('../../../fixtures/', import.meta.url).pathname;

/** Starts `watch` on a folder with a service. */
async function watching(folder: string, ...flags: string[]) {
  const { url, clients } = await service({ client: recognise });
  const program = new Program(['watch', folder, '--base-url', url, ...flags]);
  await program.shows('watching');
  return { program, clients };
}

const exists = (...path: string[]) =>
  readFile(join(...path)).then(
    () => true,
    () => false,
  );

it.each([[[]], [['--poll', '0.2']]])(
  'takes what is there and what arrives, when it is complete %j',
  async (flags) => {
    const folder = await temporaryFolder();
    await cp(join(FIXTURES, 'himself.ogg'), join(folder, 'a.ogg'));
    const { program, clients } = await watching(folder, ...flags);
    await expect.poll(() => exists(folder, 'a.srt')).toBe(true);

    // Written in pieces, with pauses that are shorter than the time after which a file is complete.
    const bytes = await readFile(join(FIXTURES, 'leisure.wav'));
    await mkdir(join(folder, 'later'));
    const path = join(folder, 'later', 'b.wav');
    const pieces = 4;
    for (let piece = 0; piece < pieces; piece += 1) {
      expect(await exists(folder, 'later', 'b.srt')).toBe(false);
      await appendFile(
        path,
        bytes.subarray((piece * bytes.length) / pieces, ((piece + 1) * bytes.length) / pieces),
      );
      await sleep(700);
    }
    await expect.poll(() => exists(folder, 'later', 'b.srt')).toBe(true);

    // A file that is renamed after its upload is complete at once.
    await cp(join(FIXTURES, 'ill-disposed.mp3'), join(folder, '.upload'));
    await rename(join(folder, '.upload'), join(folder, 'c.mp3'));
    await expect.poll(() => exists(folder, 'c.srt')).toBe(true);
    expect(clients).toHaveLength(3);

    program.process.kill('SIGINT');
    expect((await program.finished()).exitCode).toBe(130);
    const again = await watching(folder, ...flags);
    expect(again.clients).toEqual([]);
    again.program.process.kill('SIGTERM');
    expect((await again.program.finished()).exitCode).toBe(143);
  },
);

it('waits in an empty folder, and reports a bad recording once', async () => {
  const folder = await temporaryFolder();
  const { program } = await watching(folder);
  await writeFile(join(folder, 'bad.mp3'), 'This is not audio.');
  await program.shows('bad.mp3: contains no audio');
  await cp(join(FIXTURES, 'himself.ogg'), join(folder, 'good.ogg'));
  await expect.poll(() => exists(folder, 'good.srt')).toBe(true);
  program.process.kill('SIGINT');
  const { stderr } = await program.finished();
  expect(stderr.match(/bad\.mp3: contains no audio/g)).toHaveLength(1);
});

it('pays for no recording twice with --force, and keeps to the cost of all its runs', async () => {
  const folder = await temporaryFolder();
  await cp(join(FIXTURES, 'himself.ogg'), join(folder, 'a.ogg'));
  // The service counts 1 s for each recording.
  const { program, clients } = await watching(folder, '--force', '--price', '1', '--max-cost', '7');
  await expect.poll(() => exists(folder, 'a.srt')).toBe(true);
  await cp(join(FIXTURES, 'leisure.wav'), join(folder, 'b.wav'));
  await program.shows('b.wav: not begun');
  await cp(join(FIXTURES, 'ill-disposed.mp3'), join(folder, 'c.mp3'));
  await program.shows('c.mp3');
  await expect.poll(() => exists(folder, 'c.srt')).toBe(true);
  expect(clients).toHaveLength(2);
  program.process.kill('SIGINT');
  await program.finished();
});

it('refuses what is not a folder', async () => {
  const program = new Program(['watch', join(FIXTURES, 'himself.ogg')]);
  const { exitCode, stderr } = await program.finished();
  expect(exitCode).toBe(1);
  expect(stderr).toContain('himself.ogg: not a folder');
});
