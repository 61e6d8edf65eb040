import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTestService } from '../../../lib/testing/test-service.ts';
import { startScriptedService } from '../../support/scripted-service.ts';
import { KnownRecording } from '../../support/known-recording.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines } from '../run-cli.ts';

const KEY = { DASHSCOPE_API_KEY: 'sk-0123456789abcdef0123', DASHSCOPE_WEBSOCKET_BASE_URL: '' };
const NO_KEY = { DASHSCOPE_API_KEY: '', DASHSCOPE_WEBSOCKET_BASE_URL: '' };

async function prepare(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) await copyFile(`${FIXTURES}${name}`, join(folder, name));
  return folder;
}

/** Number of times that a text occurs. */
const count = (text: string, part: string): number => text.split(part).length - 1;

describe('transcribe --engine with a list', () => {
  it('uses the local engine without a key, and reports that', async () => {
    const folder = await prepare('leisure.wav', 'himself.ogg');
    const args = ['transcribe', folder, '--engine', 'cloud,local', '--json'];
    const { exitCode, stdout, stderr } = await cli(args, { env: NO_KEY });
    expect(exitCode).toBe(0);
    expect(
      count(stderr, 'cloud: no API key is set for dashscope-intl.aliyuncs.com; the local engine continues'),
    ).toBe(1);
    expect(stderr).toContain('1 sentence, by local,');
    expect(jsonLines(stdout)).toMatchObject([
      { status: 'done', engine: 'local' },
      { status: 'done', engine: 'local' },
      { type: 'summary', done: 2, cost: null, exitCode: 0 },
    ]);
    const again = await cli(args, { env: NO_KEY });
    expect(jsonLines(again.stdout)).toMatchObject([{ status: 'skipped' }, { status: 'skipped' }, {}]);
  });

  it('continues after a refused account, which ends with 4 when there is no other engine', async () => {
    await using service = await startTestService({ faults: 'refuse:401, refuse:401' });
    const folder = await prepare('leisure.wav', 'himself.ogg');
    const args = [
      'transcribe',
      folder,
      '--base-url',
      service.url,
      '--concurrency',
      '1',
      '--json',
      '--engine',
    ];
    const alone = await cli([...args, 'cloud'], { env: KEY });
    expect(alone.exitCode).toBe(4);
    const { exitCode, stdout, stderr } = await cli([...args, 'cloud,local'], { env: KEY });
    expect(exitCode).toBe(0);
    expect(count(stderr, '; the local engine continues')).toBe(1);
    expect(jsonLines(stdout)).toMatchObject([{ engine: 'local' }, { engine: 'local' }, { done: 2 }]);
    expect(service.pending).toEqual([]);
  });

  it('ends with 4 when the last engine refuses the account', async () => {
    await using service = await startTestService({ faults: 'refuse:401' });
    const folder = await prepare('leisure.wav');
    const { exitCode, stderr } = await cli(
      [
        'transcribe',
        folder,
        '--engine',
        'funasr,cloud',
        '--base-url',
        'ws://127.0.0.1:9',
        '--max-retries',
        '0',
      ],
      { env: { ...KEY, DASHSCOPE_WEBSOCKET_BASE_URL: service.url } },
    );
    expect(stderr).toMatch(/funasr: .*; the cloud continues/);
    expect(exitCode).toBe(4);
  });

  it('names both engines when one has continued the other, also on standard output', async () => {
    const recording = await KnownRecording.decode(`${FIXTURES}sense-and-sensibility.mp3`, 1000);
    await using service = await startScriptedService({
      client: (client) =>
        recording.recognise(client, (endMs) => {
          if (endMs <= 5000) return undefined;
          client.fail('AllocationQuota.FreeTierOnly', 'The free quota is used up.');
          return new Promise(() => {});
        }),
    });
    const folder = await prepare('sense-and-sensibility.mp3');
    const talk = join(folder, 'sense-and-sensibility.mp3');
    const args = ['--engine', 'cloud,local', '--base-url', service.url, '--max-retries', '0', '-f', 'txt'];
    const piped = await cli(['transcribe', talk, ...args, '-o', '-'], { env: NO_KEY });
    expect(piped.exitCode).toBe(0);
    const { exitCode, stderr } = await cli(['transcribe', talk, ...args], { env: NO_KEY });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(', by cloud and local, ');
    expect(stderr).toContain('cloud: the service failed the task: AllocationQuota.FreeTierOnly');
    expect(stderr).not.toContain('an earlier run');
    const text = await readFile(join(folder, 'sense-and-sensibility.txt'), 'utf8');
    expect(text.split('\n').slice(0, 5)).toEqual(recording.text.slice(0, 5));
    expect(text).toMatch(/[a-z]{4,} [a-z]+/i);
    expect(piped.stdout).toBe(text);
  });

  it('uses a model for the engine that has it', async () => {
    const folder = await prepare('leisure.wav');
    const args = ['transcribe', folder, '--engine', 'cloud,local', '-m', 'moonshine-base', '--json'];
    const { exitCode, stdout } = await cli(args, { env: NO_KEY });
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ engine: 'local', model: 'moonshine-base' });
  });

  it('plans a run with the first engine that is set up', async () => {
    const folder = await prepare('leisure.wav');
    const args = ['transcribe', folder, '--engine', 'cloud,local', '--dry-run', '--json'];
    const local = jsonLines((await cli(args, { env: NO_KEY })).stdout);
    expect(local).toMatchObject([{ action: 'transcribe', estimatedCost: null }, { exitCode: 0 }]);
    const cloud = jsonLines((await cli(args, { env: KEY })).stdout);
    expect(cloud[0]).toMatchObject({ estimatedCost: expect.any(Number), currency: 'USD' });
  });

  it.each<[string[], string]>([
    [['--engine', 'cloud', '--model', 'moonshine-base'], 'moonshine-base is a model of the local engine'],
    [['--engine', 'local', '--model', 'fixtures'], 'the local engine has no model fixtures'],
    [['--model', 'moonshine-base', '--language', 'ja'], 'recognises en only, not ja'],
    [['--engine', 'funasr', '--base-url', 'localhost'], 'is not a valid URL'],
    [['--engine', 'funasr'], 'needs an address'],
    [['--engine', 'local', '--no-itn'], '--no-itn is for --engine funasr only'],
  ])('refuses in a dry run what the run would refuse: %s', async (flags, reason) => {
    const folder = await prepare('leisure.wav');
    const { exitCode, stdout, stderr } = await cli(['transcribe', folder, '--dry-run', ...flags], {
      env: NO_KEY,
    });
    expect(stderr).toContain(reason);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it.each<[string[], string]>([
    [
      ['transcribe', 'talk.wav', '--engine', 'cloud,whisper'],
      'Allowed choices are auto, cloud, local, funasr',
    ],
    [['transcribe', 'talk.wav', '--engine', 'local,local'], 'must name each engine once'],
    [['transcribe', '-', '--engine', 'cloud,local'], 'accepts one engine'],
    [['transcribe', '-', '--engine', 'cloud,local', '-f', 'srt'], 'accepts one engine'],
    [
      ['transcribe', 'leisure.wav', '--engine', 'cloud,local', '-m', 'moonshine-base', '--language', 'zh'],
      'recognises en only',
    ],
    [['live', '--engine', 'cloud,local'], 'must be one engine'],
  ])('refuses %j', async (args, reason) => {
    const cwd = await prepare('leisure.wav');
    const { exitCode, stderr } = await cli(args, { env: KEY, cwd, stdin: `${FIXTURES}leisure.wav` });
    expect(stderr).toContain(reason);
    expect(exitCode).toBe(2);
  });
});
