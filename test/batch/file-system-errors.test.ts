import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { recognise, recordings, run, service } from './run-batch.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const INJECT = new URL('../../bench/file-system-errors/inject.mjs', import.meta.url).href;

/** Runs the program, whose operations on the outputs fail from the nth one on. */
async function runWith(folder: string, url: string, code?: string, at?: number) {
  const env = { ...process.env, FAULT_FOLDER: folder, FAULT_CODE: code ?? '', FAULT_AT: String(at ?? '') };
  const flags = code === undefined ? [] : ['--import', INJECT];
  const args = [MAIN, 'transcribe', folder, '--base-url', url, '-q'];
  const child = spawn(process.execPath, [...flags, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stderr };
}

it.each([
  ['ENOSPC', 12, 'E_DISK_FULL'],
  ['ENOSPC', 20, 'E_DISK_FULL'],
  ['EACCES', 20, 'E_WRITE'],
  ['EROFS', 24, 'E_WRITE'],
] as const)(
  '%s at operation %i is reported, leaves no half file, and the next run completes',
  async (code, at, expected) => {
    const folder = await recordings('a.ogg', 'b.ogg');
    const { url, clients } = await service({ client: recognise });
    const failed = await runWith(folder, url, code, at);
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`[${expected}]`) });
    expect(failed.stderr).not.toContain('E_INTERNAL');
    const sent = clients.length;
    expect(await runWith(folder, url)).toMatchObject({ exitCode: 0 });
    expect(await readdir(folder)).toEqual([
      '.fun-asr',
      'a.jsonl',
      'a.ogg',
      'a.srt',
      'b.jsonl',
      'b.ogg',
      'b.srt',
    ]);
    // What was final is not sent again.
    expect(clients.length - sent).toBeLessThanOrEqual(2);
  },
);

it('a journal or ledger that cannot be read is not taken for a missing one', async () => {
  const folder = await recordings('a.ogg');
  const { url, clients } = await service({ client: recognise });
  await run(url, { inputs: [folder] });
  const state = join(folder, '.fun-asr');
  const journal = (await readdir(state)).find((name) => name.endsWith('.journal.jsonl')) ?? '';
  for (const name of [journal, 'ledger.jsonl']) {
    // A folder of that name cannot be read as a file.
    await rename(join(state, name), join(state, 'kept'));
    await mkdir(join(state, name));
    const { results } = await run(url, { inputs: [folder], formats: ['vtt'] });
    expect(results).toMatchObject([{ status: 'failed', error: { code: 'E_READ' } }]);
    await rename(join(state, name), join(state, `${name}-folder`));
    await rename(join(state, 'kept'), join(state, name));
  }
  const { results } = await run(url, { inputs: [folder], formats: ['vtt'] });
  expect(results).toMatchObject([{ status: 'done', fromKept: true }]);
  expect(clients).toHaveLength(1);
});
