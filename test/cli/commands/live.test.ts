import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { probe } from '../../../lib/audio/probe.ts';
import { type ServiceScript, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines, Program } from '../run-cli.ts';

/** Real speech instead of a microphone, through the filter device of FFmpeg. `ENDLESS` plays it in real time. */
const SPEECH = ['--driver', 'lavfi', '--device', `amovie=${FIXTURES}himself.ogg`];
const ENDLESS = ['--driver', 'lavfi', '--device', `amovie=${FIXTURES}himself.ogg,apad,arealtime`];

async function scripted(script: ServiceScript): Promise<string[]> {
  const service = await startScriptedService(script);
  onTestFinished(() => service.close());
  return ['--base-url', service.url];
}

const plainWords = (text: string) => text.toLowerCase().replaceAll(/[^a-z\n ]/g, '');

describe('fun-asr live', () => {
  it('writes the outputs, prints final sentences on stdout and notices on stderr', async () => {
    const folder = await temporaryFolder();
    const { exitCode, stdout, stderr } = await cli(['live', '-o', folder, '-f', 'srt,jsonl,txt', ...SPEECH]);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error:')]);
    expect(plainWords(stdout)).toBe('he might even have been made amiable himself\n');
    expect(stderr).toContain('engine: local, moonshine-base');
    expect(stderr).toContain('listening; press Ctrl-C to stop');
    expect(stderr).toMatch(/request id [0-9a-f]{32}, first package delay \d+ ms, last package delay \d+ ms/);
    expect((await readdir(folder)).sort()).toEqual(['live.jsonl', 'live.srt', 'live.txt']);
    expect(await readFile(join(folder, 'live.srt'), 'utf8')).toMatch(/^1\n00:00:0\d,\d{3} --> /);
    expect(await readFile(join(folder, 'live.txt'), 'utf8')).toBe(stdout);
    const sentences = jsonLines(await readFile(join(folder, 'live.jsonl'), 'utf8'));
    expect(sentences).toMatchObject([{ sentence_id: 1, sentence_end: true, words: expect.any(Array) }]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('finishes the last sentence at %s and exits with %i', async (signal, code) => {
    const folder = await temporaryFolder();
    let program: Program | undefined;
    let taskId = '';
    const service = await scripted({
      client: async (client) => {
        await client.startTask();
        taskId = client.taskId;
        await client.audioBytes(3200);
        client.final('the beginning', 0, 500);
        client.partial('the', 600);
        await program?.shows('listening');
        program?.process.kill(signal);
        await client.action('finish-task');
        client.final('the end', 600, 900);
        await client.finishTask();
      },
    });
    program = new Program(['live', '-o', folder, ...service, ...ENDLESS]);
    const { exitCode, stdout, stderr } = await program.finished();
    expect([exitCode, stdout]).toEqual([code, 'the beginning\nthe end\n']);
    expect(stderr).toContain('finishing the last sentence; press Ctrl-C again to stop at once');
    expect(stderr).toMatch(new RegExp(`request id ${taskId}, first package delay \\d+ ms`));
    expect(stderr).toContain(`written: ${join(folder, 'live.srt')}, ${join(folder, 'live.jsonl')}\n`);
    expect((await readdir(folder)).sort()).toEqual(['live.jsonl', 'live.srt']);
    const sentences = jsonLines(await readFile(join(folder, 'live.jsonl'), 'utf8'));
    expect(sentences.map(({ text }) => text)).toEqual(['the beginning', 'the end']);
  });

  it('records the audio beside the outputs, and the recording can be transcribed again', async () => {
    const folder = await temporaryFolder();
    const { exitCode, stdout, stderr } = await cli([
      'live',
      '--save-audio',
      '-o',
      folder,
      '-f',
      'txt',
      ...SPEECH,
    ]);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining(`recorded: ${join(folder, 'live.wav')}\n`),
    ]);
    expect((await readdir(folder)).sort()).toEqual(['live.txt', 'live.wav']);
    const again = await cli([
      'transcribe',
      join(folder, 'live.wav'),
      '-o',
      join(folder, 'again'),
      '-f',
      'txt',
    ]);
    expect(again.exitCode).toBe(0);
    expect(plainWords(await readFile(join(folder, 'again', 'live.txt'), 'utf8'))).toBe(plainWords(stdout));
  });

  it('refuses to record to a file that exists', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'talk.wav');
    await writeFile(path, 'notes');
    const { exitCode, stderr } = await cli(['live', '--save-audio', path, '-o', folder, ...SPEECH]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`error: ${path} exists already`)]);
    expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['notes', ['talk.wav']]);
  });

  it('keeps a whole recording when it is killed', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'talk.wav');
    const service = await scripted({
      client: async (client) => {
        await client.startTask();
        await client.audioBytes(64_000);
        program?.process.kill('SIGKILL');
      },
    });
    const program = new Program(['live', '--save-audio', path, '-o', folder, ...service, ...ENDLESS]);
    await program.finished();
    const { durationMs } = await probe(path);
    expect(durationMs).toBeGreaterThanOrEqual(1000);
  });

  it('finishes a sentence of the local engine that Ctrl-C interrupts', async () => {
    const folder = await temporaryFolder();
    const program = new Program(['live', '-o', folder, '-f', 'txt', ...ENDLESS]);
    await program.shows('listening');
    // The recording plays in real time: this is in the middle of its only sentence.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    program.process.kill('SIGINT');
    const { exitCode, stdout } = await program.finished();
    expect([exitCode, await readdir(folder)]).toEqual([130, ['live.txt']]);
    expect(plainWords(stdout)).toMatch(/^he might\b/);
    expect(await readFile(join(folder, 'live.txt'), 'utf8')).toBe(stdout);
  });

  it('keeps live.partial files after a second Ctrl-C', async () => {
    const folder = await temporaryFolder();
    const service = await scripted({
      client: async (client) => {
        await client.startTask();
        client.final('the beginning', 0, 500);
      },
    });
    const program = new Program(['live', '-o', folder, '-f', 'jsonl', ...service, ...ENDLESS]);
    await program.shows('the beginning');
    program.process.kill('SIGINT');
    await program.shows('press Ctrl-C again');
    program.process.kill('SIGINT');
    expect((await program.finished()).exitCode).toBe(130);
    expect(await readdir(folder)).toEqual(['live.partial.jsonl']);
    const sentences = jsonLines(await readFile(join(folder, 'live.partial.jsonl'), 'utf8'));
    expect(sentences.map(({ text }) => text)).toEqual(['the beginning']);
  });

  it('keeps live.partial files when the service fails', async () => {
    const folder = await temporaryFolder();
    const service = await scripted({
      client: async (client) => {
        await client.startTask();
        client.final('the beginning', 0, 500);
        client.fail('InvalidParameter', 'no more');
      },
    });
    const { exitCode, stdout, stderr } = await cli(['live', '-o', folder, ...service, ...ENDLESS]);
    expect([exitCode, stdout]).toEqual([1, 'the beginning\n']);
    expect(stderr).toContain(`kept, incomplete: ${join(folder, 'live.partial.srt')}`);
    expect(stderr).toMatch(/^error: .*no more.*\[E_PARAM, request id \w+\]$/m);
    expect((await readdir(folder)).sort()).toEqual(['live.partial.jsonl', 'live.partial.srt']);
    expect(await readFile(join(folder, 'live.partial.srt'), 'utf8')).toMatch(/^1\n.+\nthe beginning\n/);
  });

  it('escapes control characters in the text', async () => {
    const folder = await temporaryFolder();
    const service = await scripted({
      client: async (client) => {
        await client.startTask();
        client.final('red \u001b[31m alert', 0, 500);
        await client.finishTask();
      },
    });
    const { stdout } = await cli(['live', '-o', folder, ...service, ...SPEECH]);
    expect(stdout).toBe('red \\x1b[31m alert\n');
  });

  it('warns about flags that the engine ignores', async () => {
    const folder = await temporaryFolder();
    const { exitCode, stderr } = await cli(['live', '-o', folder, '--vocabulary-id', 'v', ...SPEECH]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning: .*--vocabulary-id .*\[W_OPTION\]$/m);
  });

  it('exits with 2, one error line and no files without a microphone', async () => {
    const folder = await temporaryFolder();
    const service = await scripted({});
    const device = ['--driver', 'lavfi', '--device', 'amovie=/nowhere'];
    const { exitCode, stdout, stderr } = await cli(['live', '-o', folder, ...service, ...device]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr.match(/^error: .*\[E_CAPTURE\]$/gm)).toEqual([expect.stringContaining('/nowhere')]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails before it captures when the output folder cannot be created', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, '');
    const { exitCode, stderr } = await cli(['live', '-o', path, ...SPEECH]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('[E_WRITE]');
    expect(stderr).not.toContain('listening');
  });
});

describe('fun-asr live --list-devices', () => {
  it('reports that there is no microphone', async () => {
    const { exitCode, stdout, stderr } = await cli(['live', '--list-devices', '--driver', 'lavfi']);
    expect([exitCode, stdout, stderr]).toEqual([
      0,
      '',
      'no microphone found by this FFmpeg. Try another --driver or --ffmpeg-path.\n',
    ]);
  });
});
