import { execFile } from 'node:child_process';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageCopy } from '../../support/package-copy.ts';
import { startRedis } from '../../support/redis.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines, Program } from '../run-cli.ts';

async function rootWith(...names: string[]): Promise<string> {
  const root = await temporaryFolder();
  for (const name of names) await copyFile(join(FIXTURES, 'himself.ogg'), join(root, name));
  return root;
}

describe('fun-asr queue', () => {
  it('adds, works, shows the state and writes a report', async () => {
    const root = await rootWith('a.ogg');
    await writeFile(join(root, 'broken.wav'), Buffer.from('RIFF\0\0\0\0WAVEfmt '));
    const { url } = await startRedis();
    const env = { REDIS_URL: url };
    const added = await cli(['queue', 'add', root, '--root', root, '--json'], { env });
    expect(added.exitCode).toBe(0);
    expect(jsonLines(added.stdout)).toEqual([
      { queue: 'default', added: 2, skipped: 0, failed: 0, exitCode: 0 },
    ]);
    const worked = await cli(['queue', 'work', '--root', root, '--once', '--json', '-q'], { env });
    expect(worked.exitCode).toBe(1);
    const lines = jsonLines(worked.stdout);
    expect(lines.map(({ type, status }) => String(status ?? type)).sort()).toEqual([
      'done',
      'failed',
      'summary',
    ]);
    const status = await cli(['queue', 'status', '--json', '-v', '--root', root, '--report'], { env });
    expect(jsonLines(status.stdout)).toEqual([
      expect.objectContaining({ type: 'result', input: 'a.ogg', status: 'done' }),
      expect.objectContaining({ type: 'result', input: 'broken.wav', status: 'failed' }),
      expect.objectContaining({
        queue: 'default',
        waiting: 0,
        active: 0,
        delayed: 0,
        done: 1,
        failed: 1,
        workers: [],
        failures: [{ input: 'broken.wav', error: expect.objectContaining({ code: 'E_BAD_MEDIA' }) }],
      }),
    ]);
    expect(await readdir(root)).toContain('fun-asr-report.html');
    const shown = await cli(['queue', 'status'], { env });
    expect(shown.stdout).toContain('queue default: 0 waiting, 0 active, 0 delayed, 1 done, 1 failed');
    expect((await cli(['queue', 'retry'], { env })).stderr).toBe('1 recording to be tried again\n');
    expect((await cli(['queue', 'clear'], { env })).stderr).toBe('2 recordings removed from the queue\n');
  });

  it('waits for recordings, and ends with Ctrl-C', async () => {
    const root = await rootWith('a.ogg');
    const { url } = await startRedis();
    const env = { REDIS_URL: url };
    const worker = new Program(['queue', 'work', '--root', root], { env });
    await worker.shows('waiting for recordings');
    const { stdout } = await cli(['queue', 'status', '--json'], { env });
    expect(jsonLines(stdout)).toMatchObject([{ workers: [{ host: expect.any(String), active: 0 }] }]);
    await cli(['queue', 'add', root, '--root', root], { env });
    await worker.shows('1 sentence');
    worker.process.kill('SIGINT');
    expect((await worker.finished()).exitCode).toBe(130);
  });

  it('says what is missing: Redis, the packages, a valid address', async () => {
    const away = await cli(['queue', 'status', '--redis', 'redis://:secret@127.0.0.1:1']);
    expect(away.exitCode).toBe(2);
    expect(away.stderr).toMatch(/Redis cannot be used at 127\.0\.0\.1:1: .*Start redis-server.*\[E_QUEUE\]/);
    expect(away.stderr).not.toContain('secret');
    const wrong = await cli(['queue', 'status', '--redis', 'localhost']);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('[E_OPTION]') });
    const missing = await withoutPackages(['queue', 'status']);
    expect(missing).toMatch(/npm install bullmq ioredis.*\[E_QUEUE\]/);
  });

  it('refuses the flags of a worker where recordings are added', async () => {
    const flags = [
      '--engine',
      '--base-url',
      '--region',
      '--workspace-id',
      '--workspace-host',
      '--concurrency',
    ];
    for (const flag of flags) {
      const { exitCode, stderr } = await cli(['queue', 'add', 'x', flag, 'cloud']);
      expect([flag, exitCode, stderr.includes(flag)]).toEqual([flag, 2, true]);
    }
    const outside = await cli(['queue', 'add', FIXTURES, '--root', await temporaryFolder()], {
      env: { REDIS_URL: (await startRedis()).url },
    });
    expect(outside).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--root') });
  });
});

/** Runs the program in a copy of the package that has no BullMQ and no ioredis. */
async function withoutPackages(args: readonly string[]): Promise<string> {
  const folder = await packageCopy({ bullmq: undefined, ioredis: undefined });
  return await new Promise((resolve) => {
    const main = join(folder, 'dist', 'cli', 'main.js');
    execFile(process.execPath, [main, ...args], (_error, _stdout, stderr) => resolve(stderr));
  });
}
