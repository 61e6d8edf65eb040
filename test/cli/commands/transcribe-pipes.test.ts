import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ScriptedClient, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, Program } from '../run-cli.ts';

const HIMSELF = join(FIXTURES, 'himself.ogg');
const SRT = /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n[\s\S]*amiable/;

async function scripted(script: Parameters<typeof startScriptedService>[0]): Promise<string[]> {
  const service = await startScriptedService(script);
  onTestFinished(() => service.close());
  return ['--base-url', service.url];
}

async function greet(client: ScriptedClient): Promise<void> {
  await client.startTask();
  await client.audioBytes(10_000);
  client.final('Hello there.', 0, 300);
  await client.finishTask();
}

describe('standard output', () => {
  it('gets standard input in one format when it is no terminal', async () => {
    const cwd = await temporaryFolder();
    const { exitCode, stdout, stderr } = await cli(['transcribe', '-', '-f', 'srt'], { cwd, stdin: HIMSELF });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(SRT);
    expect(stderr).toMatch(/✔ \[1\/1\] standard input: 0:03, 1 sentence, .* → standard output/);
    expect(stderr).toContain('1 done');
    expect(await readdir(cwd)).toEqual([]);
  });

  it('gets a file with -o -', async () => {
    const cwd = await temporaryFolder();
    const { exitCode, stdout } = await cli(['transcribe', HIMSELF, '-f', 'srt', '-o', '-', '-q'], { cwd });
    expect([exitCode, await readdir(cwd)]).toEqual([0, []]);
    expect(stdout).toMatch(SRT);
  });

  it.each([
    [['-f', 'srt,txt']],
    [['-f', 'srt', '--json']],
    [['-f', 'srt', '--dry-run']],
    [['-f', 'srt', HIMSELF]],
  ])('takes one recording and one format, not %j', async (flags) => {
    const { exitCode, stdout, stderr } = await cli(['transcribe', HIMSELF, '-o', '-', ...flags]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/-o - takes one recording and one format.*\[E_OPTION\]/);
  });

  it('gets the text before a failure, and the exit code shows the failure', async () => {
    const flags = await scripted({
      client: async (client) => {
        await client.startTask();
        await client.audioBytes(10_000);
        client.final('Half of it.', 0, 200);
        client.fail('InvalidApiKey', 'no');
      },
    });
    const { exitCode, stdout, stderr } = await cli(['transcribe', HIMSELF, ...flags, '-f', 'txt', '-o', '-']);
    expect([exitCode, stdout]).toEqual([4, 'Half of it.\n']);
    expect(stderr).toMatch(/error: .*himself\.ogg.*\[E_AUTH/);
  });

  it('may be closed by its reader', async () => {
    const program = new Program(['transcribe', HIMSELF, '-f', 'txt', '-o', '-']);
    program.process.stdout?.destroy();
    const { exitCode, stderr } = await program.finished();
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('error');
  });
});

it('the outputs of standard input never replace earlier ones', async () => {
  const cwd = await temporaryFolder();
  const flags = await scripted({ client: greet });
  const call = () => cli(['transcribe', '-', '-f', 'srt,txt', ...flags], { cwd, stdin: HIMSELF });
  expect((await call()).exitCode).toBe(0);
  await writeFile(join(cwd, 'stdin-2.vtt'), 'of somebody else');
  expect((await call()).exitCode).toBe(0);
  const names = ['.fun-asr', 'stdin-2.vtt', 'stdin-3.srt', 'stdin-3.txt', 'stdin.srt', 'stdin.txt'];
  expect((await readdir(cwd)).sort()).toEqual(names);
});

describe('--from-file', () => {
  it('reads more inputs, one per line', async () => {
    const cwd = await temporaryFolder();
    for (const name of ['a b.ogg', '#c.ogg', 'd.ogg']) await copyFile(HIMSELF, join(cwd, name));
    await writeFile(join(cwd, 'list.txt'), '\ufeffa b.ogg\r\n\r\n#c.ogg\r\n');
    const flags = await scripted({ client: greet });
    const args = ['transcribe', 'd.ogg', '--from-file', 'list.txt', '-f', 'txt', ...flags];
    const { exitCode, stderr } = await cli(args, { cwd });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('3 done');
    expect(await readFile(join(cwd, 'a b.txt'), 'utf8')).toBe('Hello there.\n');
  });

  it('reads the list from standard input', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'list'), `${HIMSELF}\n`);
    const args = ['transcribe', '--from-file', '-', '--dry-run'];
    const { exitCode, stdout } = await cli(args, { stdin: join(folder, 'list') });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 recording to process');
  });

  it.each([
    [['transcribe'], 'no input is given'],
    [['transcribe', '--from-file', '/dev/null'], '/dev/null: lists no input'],
    [['transcribe', '--from-file', 'gone.txt'], 'gone.txt: cannot read the list of inputs'],
    [['transcribe', '-', '--from-file', '-'], 'standard input is the list'],
  ])('reports what is wrong with %j', async (args, message) => {
    const cwd = await temporaryFolder();
    const { exitCode, stderr } = await cli(args, { cwd, stdin: '/dev/null' });
    expect(exitCode).toBe(message.includes('gone') ? 1 : 2);
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });
});

it.each([
  [['--format', 'srt'], '--output-format (-f)'],
  [['--output=x'], '--output-dir (-o)'],
  [['--lang', 'en'], '--language'],
])('names the right flag for %j', async (flags, right) => {
  const { exitCode, stderr } = await cli(['transcribe', HIMSELF, ...flags]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: there is no flag --\w+\. Use [^\n]*\[E_OPTION\]\n$/);
  expect(stderr).toContain(`Use ${right}.`);
});
