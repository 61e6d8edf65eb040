import { once } from 'node:events';
import { chmod, copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockFolder } from '../../../lib/batch/state/locks/lock.ts';
import { KnownRecording } from '../../support/known-recording.ts';
import { respond, type ServiceScript, startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { FINISHED_STATE, stateFiles } from '../../support/state-files.ts';
import { cli, FIXTURES, jsonLines, Program } from '../run-cli.ts';

const HIMSELF = join(FIXTURES, 'himself.ogg');

async function folderWith(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) await copyFile(join(FIXTURES, name), join(folder, name));
  return folder;
}

async function scripted(script: ServiceScript): Promise<string> {
  const service = await startScriptedService(script);
  onTestFinished(() => service.close());
  return service.url;
}

const plainWords = (text: string) => text.toLowerCase().replaceAll(/[^a-z ]/g, '');

describe('fun-asr transcribe with the local engine', () => {
  it('writes subtitles and transcripts of a folder, and skips it in the next run', async () => {
    const folder = await folderWith('himself.ogg', 'leisure.wav');
    const first = await cli(['transcribe', folder]);
    expect(first).toMatchObject({ exitCode: 0, stdout: '' });
    expect(first.stderr).toContain(
      'engine: local, moonshine-base (DASHSCOPE_API_KEY is not set; English only)',
    );
    expect(first.stderr).toMatch(/✔ \[\d\/2\] .*himself\.ogg: 0:03, 1 sentence/);
    const srt = await readFile(join(folder, 'himself.srt'), 'utf8');
    expect(srt).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/);
    expect(plainWords(srt.split('\n').slice(2).join(' '))).toContain(
      'he might even have been made amiable himself',
    );
    const [sentence] = jsonLines(await readFile(join(folder, 'leisure.jsonl'), 'utf8'));
    expect(plainWords(String(sentence?.['text']))).toContain('mr john dashwood had then leisure to consider');
    expect(sentence).toMatchObject({
      sentence_id: 1,
      request_id: expect.any(String),
      words: expect.any(Array),
    });

    const second = await cli(['transcribe', folder]);
    expect(second.exitCode).toBe(0);
    expect(second.stderr).toContain('0 done, 2 skipped');
    expect(second.stderr).not.toContain('engine:');
  });

  it('writes stdin.srt in the current folder for standard input', async () => {
    const cwd = await temporaryFolder();
    const { exitCode, stderr } = await cli(['transcribe', '-', '-f', 'srt,txt'], { cwd, stdin: HIMSELF });
    expect(exitCode).toBe(0);
    expect((await readdir(cwd)).sort()).toEqual(['.fun-asr', 'stdin.srt', 'stdin.txt']);
    expect(stderr).toContain('[1/1] standard input');
    expect(plainWords(await readFile(join(cwd, 'stdin.txt'), 'utf8'))).toContain('amiable himself');
  });

  it('prints one line with file and reason for each bad recording, and processes the others', async () => {
    const folder = await folderWith('himself.ogg', 'leisure.wav');
    await writeFile(join(folder, 'text.mp3'), 'This is not audio.');
    await writeFile(join(folder, 'empty.wav'), '');
    await writeFile(join(folder, 'list.mp3'), '#EXTM3U\n/etc/passwd\n');
    await writeFile(
      join(folder, 'cut.m4a'),
      (await readFile(join(FIXTURES, 'amiable.m4a'))).subarray(0, 20_000),
    );
    await mkdir(join(folder, 'folder.mp3'));
    const { exitCode, stderr } = await cli(['transcribe', folder, join(folder, 'gone.mp3')]);
    expect(exitCode).toBe(1);
    const errors = stderr.split('\n').filter((line) => line.startsWith('error:'));
    expect(
      errors.map((line) => line.replace(folder, '').replace(/^error: \/(\S+): .*\[(\S+)\]$/, '$1 $2')).sort(),
    ).toEqual([
      'cut.m4a E_BAD_MEDIA',
      'empty.wav E_BAD_MEDIA',
      'gone.mp3 E_READ',
      'list.mp3 E_PLAYLIST_REFUSED',
      'text.mp3 E_BAD_MEDIA',
    ]);
    expect(stderr).toContain('text.mp3: contains no audio: it is a text file.');
    expect(stderr).toContain('2 done, 5 failed');
    expect((await readdir(folder)).filter((name) => name.endsWith('.srt')).sort()).toEqual([
      'himself.srt',
      'leisure.srt',
    ]);
  });

  it('prints a JSON result per recording, also for failed ones, and a summary last', async () => {
    const folder = await folderWith('himself.ogg');
    const input = join(folder, 'himself.ogg');
    const gone = join(folder, 'gone.mp3');
    const { exitCode, stdout } = await cli(['transcribe', input, gone, '--json', '-q']);
    expect(exitCode).toBe(1);
    const [failed, done, summary, ...rest] = jsonLines(stdout);
    expect(rest).toEqual([]);
    expect(failed).toMatchObject({
      type: 'result',
      input: gone,
      status: 'failed',
      outputs: [],
      partial: false,
    });
    expect(failed?.['error']).toEqual({
      code: 'E_READ',
      message: expect.stringContaining(gone),
      hint: expect.any(String),
      requestId: null,
    });
    expect(done).toEqual({
      type: 'result',
      input,
      status: 'done',
      outputs: [join(folder, 'himself.srt'), join(folder, 'himself.jsonl')],
      durationMs: 3290,
      sentences: 1,
      engine: 'local',
      model: 'moonshine-base',
      partial: false,
      warnings: [],
    });
    expect(summary).toEqual({
      type: 'summary',
      done: 1,
      skipped: 0,
      failed: 1,
      interrupted: 0,
      audioSeconds: 3.29,
      sentSeconds: 3.29,
      resentSeconds: 0,
      billedSeconds: 0,
      estimatedCost: null,
      cost: null,
      currency: null,
      exitCode: 1,
    });
  });

  it('exits with 2 and a hint when the model does not support the language', async () => {
    const folder = await folderWith('himself.ogg');
    const { exitCode, stderr } = await cli(['transcribe', folder, '--language', 'fr', '-q']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .*\bfr\b.*\[E_LANGUAGE\]\n$/);
  });
});

describe('what a run prints', () => {
  it('marks a partial recording, and sums up the speech that was not recognised in one line', async () => {
    const folder = await folderWith('himself.ogg', 'leisure.wav');
    const url = await scripted({
      client: async (client, index) => {
        await client.startTask();
        await client.action('finish-task');
        if (index === 0) client.final('hello there', 0, 1000);
        else {
          client.final('', 0, 400, { words: [], unrecognized: true });
          client.final('', 600, 900, { words: [], unrecognized: true });
          client.final('', 2500, 2900, { words: [], unrecognized: true });
        }
        await client.finishTask();
      },
    });
    const args = ['transcribe', folder, '--base-url', url, '--concurrency', '1', '--json'];
    const { exitCode, stdout, stderr } = await cli(args);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/✔ \[1\/2\] \S+himself\.ogg: 0:03, 1 sentence/);
    expect(stderr).toMatch(/! \[2\/2\] \S+leisure\.wav: 0:0\d, partial, speech detected but not recognised/);
    expect(stderr).toContain('2 done, 1 of them partial');
    expect(stderr.match(/^warning: .*W_UNRECOGNIZED/gm)).toHaveLength(1);
    expect(stderr).toContain('leisure.wav: 2 parts, 1.3 s in total, not recognised: 0.0–0.9 s, 2.5–2.9 s.');
    // A result is printed when its files are complete, so the order is that of the ends.
    const partial = jsonLines(stdout).find(({ input }) => String(input).endsWith('leisure.wav'));
    expect(partial).toMatchObject({
      partial: true,
      warnings: [
        { code: 'W_UNRECOGNIZED', span: { begin: 0, end: 900 } },
        { code: 'W_UNRECOGNIZED', span: { begin: 2500, end: 2900 } },
      ],
    });
  });

  it('prints one line for a folder that another run uses, and a JSON result per recording', async () => {
    const folder = await folderWith('himself.ogg', 'leisure.wav');
    await mkdir(join(folder, '.fun-asr'));
    const release = await lockFolder(join(folder, '.fun-asr'));
    const { exitCode, stdout, stderr } = await cli(['transcribe', folder, '--json']);
    await release();
    expect(exitCode).toBe(1);
    expect(stderr.match(/E_LOCKED/g)).toHaveLength(1);
    expect(stderr).toContain('0 done, 2 failed');
    expect(jsonLines(stdout)).toMatchObject([
      { status: 'failed', error: { code: 'E_LOCKED' } },
      { status: 'failed', error: { code: 'E_LOCKED' } },
      { type: 'summary', failed: 2 },
    ]);
  });

  it.each([
    ['without a key', ['--engine', 'cloud'], 2, 'use the local engine (--engine local)'],
    ['with a language that the model does not have', ['--language', 'fr'], 2, 'E_LANGUAGE'],
    [
      'that cannot reach the service',
      ['--base-url', 'ws://127.0.0.1:9', '--max-retries', '0'],
      1,
      'E_CONNECT',
    ],
  ])('leaves no empty folder after a run %s', async (_, flags, code, text) => {
    const cwd = await folderWith('himself.ogg');
    const args = ['transcribe', 'himself.ogg', '-o', 'new/folder', ...flags];
    const { exitCode, stderr } = await cli(args, { cwd, env: { DASHSCOPE_API_KEY: '' } });
    expect(exitCode).toBe(code);
    expect(stderr).toContain(text);
    expect(await readdir(cwd)).toEqual(['himself.ogg']);
  });

  it.each(['live', 'convert'])('refuses standard output as a folder: %s', async (command) => {
    const cwd = await folderWith('himself.ogg');
    const args = [command, '-o', '-', ...(command === 'convert' ? ['himself.ogg', '--to', 'wav'] : [])];
    const { exitCode, stderr } = await cli(args, { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: --output-dir: - is not a folder.*\[E_OPTION\]\n$/);
    expect(await readdir(cwd)).toEqual(['himself.ogg']);
  });
});

describe('file names', () => {
  it('are printed without control characters', async () => {
    const folder = await temporaryFolder();
    const { stderr } = await cli(['transcribe', join(folder, 'a\x1b]0;owned\x07\u202e.mp3')]);
    expect(stderr).toContain('a\\x1b]0;owned\\x07\\u202e.mp3');
    expect(stderr).not.toContain('\x1b');
  });
});

describe('a missing requirement', () => {
  it('exits with 2 without FFmpeg, before a model is loaded', async () => {
    const { exitCode, stderr } = await cli(['transcribe', HIMSELF, '--force'], {
      env: { FFMPEG_PATH: '/nowhere/ffmpeg' },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .*\[E_FFMPEG_MISSING\]\n$/);
  });

  it('exits with 2 for --engine cloud without a key', async () => {
    const folder = await folderWith('himself.ogg');
    const { exitCode, stderr, stdout } = await cli(['transcribe', folder, '--engine', 'cloud', '--json']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('[E_NO_KEY]');
    expect(jsonLines(stdout)).toMatchObject([
      {
        type: 'summary',
        done: 0,
        error: { code: 'E_NO_KEY', message: expect.any(String), hint: expect.any(String), requestId: null },
        exitCode: 2,
      },
    ]);
  });

  it('exits with 2 for a folder without audio', async () => {
    const folder = await temporaryFolder();
    const { exitCode, stderr } = await cli(['transcribe', folder]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`error: ${folder}: `);
    expect(stderr).toContain('[E_NOTHING]');
  });

  it('exits with 2 and a hint when the model cannot be downloaded', async () => {
    const folder = await folderWith('himself.ogg');
    const env = {
      XDG_CACHE_HOME: join(folder, 'cache'),
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    };
    const { exitCode, stderr } = await cli(['transcribe', folder], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/fun-asr engine pull.*\[E_MODEL_MISSING\]/);
  });

  it('fails one recording when it cannot be read or its output cannot be written', async () => {
    const folder = await folderWith('himself.ogg');
    await chmod(join(folder, 'himself.ogg'), 0o000);
    await writeFile(join(folder, 'file'), '');
    const { exitCode, stderr } = await cli(['transcribe', folder, '-o', join(folder, 'file', 'out')]);
    expect(exitCode).toBe(1);
    // The superuser can read every file: then the output fails.
    expect(stderr).toMatch(/\[E_READ\]|\[E_WRITE\]/);
  });
});

describe('fun-asr transcribe with a service', () => {
  it('stops with 4 when the service rejects the key, and never prints the key', async () => {
    const folder = await temporaryFolder();
    for (const name of ['a', 'b', 'c']) await copyFile(HIMSELF, join(folder, `${name}.ogg`));
    const url = await scripted({
      upgrade: respond(401, '{"code":"InvalidApiKey","message":"Invalid API-key"}'),
    });
    const env = { DASHSCOPE_API_KEY: 'sk-canary0123456789' };
    const args = ['transcribe', folder, '--base-url', url, '--concurrency', '1', '--json'];
    const { exitCode, stderr, stdout } = await cli(args, { env });
    expect(exitCode).toBe(4);
    expect(stderr.match(/error:/g)?.length).toBe(1);
    expect(stderr).toContain('[E_AUTH]');
    expect(stderr).toContain('2 not started');
    expect(stderr + stdout).not.toContain('canary');
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      type: 'summary',
      failed: 1,
      error: { code: 'E_AUTH' },
      exitCode: 4,
    });
  });

  it('fails the recording after the timeout when the service never answers', async () => {
    const folder = await folderWith('himself.ogg');
    const url = await scripted({ upgrade: () => true });
    const args = ['transcribe', folder, '--base-url', url, '--connect-timeout', '200', '--max-retries', '0'];
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/error: .*himself\.ogg.*\[E_TIMEOUT.*\]/);
  });

  it('sends only the gap of an earlier run again', async () => {
    const folder = await folderWith('leisure.wav');
    const recording = await KnownRecording.decode(join(FIXTURES, 'leisure.wav'));
    let isBroken = true;
    const url = await scripted({
      client: (client) =>
        recording
          .recognise(client, (endMs, beginMs) => {
            if (!isBroken || beginMs >= 3500 || endMs <= 3000) return;
            client.fail('InternalError', 'oops');
            throw new Error('over');
          })
          .catch(() => {}),
    });
    const transcribe = (...flags: string[]) => cli(['transcribe', folder, '--base-url', url, ...flags]);

    const first = await transcribe('--json');
    expect(first.exitCode).toBe(1);
    const [result, summary] = jsonLines(first.stdout);
    expect(result).toMatchObject({
      status: 'failed',
      partial: true,
      gaps: [{ begin: 3000, end: expect.any(Number) }],
      outputs: [join(folder, 'leisure.partial.srt'), join(folder, 'leisure.partial.jsonl')],
      error: { code: 'E_SERVER_SPAN' },
    });
    expect(summary).toMatchObject({ done: 0, failed: 1, exitCode: 1 });

    const second = await transcribe('--max-retries', '1');
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toMatch(/leisure\.wav: sending 1 gap \(0:0\d\) of an earlier run again/);
    expect(second.stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^0 done, 1 failed, .*1 gap \(0:0\d\) not recognised/,
    );

    isBroken = false;
    const third = await transcribe();
    expect(third).toMatchObject({ exitCode: 0, stdout: '' });
    expect(third.stderr).not.toContain('not recognised');
    expect((await readdir(folder)).sort()).toEqual([
      '.fun-asr',
      'leisure.jsonl',
      'leisure.srt',
      'leisure.wav',
    ]);
    const fourth = await transcribe();
    expect(fourth.stderr).toContain('0 done, 1 skipped');
  });

  it('sends every parameter under its name in the protocol', async () => {
    const folder = await folderWith('himself.ogg');
    let parameters: unknown;
    const url = await scripted({
      client: async (client) => {
        parameters = (await client.action('run-task')).parameters;
        await client.startTask();
        await client.finishTask();
      },
    });
    const flags =
      '--language en --max-sentence-silence 800 --semantic-punctuation --no-heartbeat --speech-noise-threshold -0.5 --vocabulary-id v1';
    expect((await cli(['transcribe', folder, '--base-url', url, ...flags.split(' ')])).exitCode).toBe(0);
    expect(parameters).toMatchObject({
      language_hints: ['en'],
      max_sentence_silence: 800,
      semantic_punctuation_enabled: true,
      heartbeat: false,
      speech_noise_threshold: -0.5,
      vocabulary_id: 'v1',
    });
  });

  it('sends context and hot words of files, and recognises again when they change', async () => {
    const folder = await folderWith('himself.ogg');
    const sent: unknown[] = [];
    const url = await scripted({
      client: async (client) => {
        const { parameters, context } = await client.action('run-task');
        sent.push([context, parameters['vocabulary']]);
        await client.startTask();
        await client.finishTask();
      },
    });
    const words = await temporaryFolder();
    await writeFile(join(words, 'words.txt'), 'Fun-ASR\n\nMoonshine tiny\n');
    await writeFile(join(words, 'context.txt'), 'A novel by Jane Austen.\n');
    await writeFile(join(words, 'long.txt'), 'x'.repeat(401));
    const model = 'qwen-audio-3.1-asr-flash-streaming';
    const run = (...flags: string[]) =>
      cli(['transcribe', folder, '--base-url', url, '--model', model, ...flags]);
    const fromFiles = [
      '--vocabulary',
      join(words, 'words.txt'),
      '--context-file',
      join(words, 'context.txt'),
    ];
    expect((await run(...fromFiles)).exitCode).toBe(0);
    expect((await run(...fromFiles)).stderr).toContain('1 skipped');
    expect((await run('--context', 'A letter.')).stderr).toContain('1 done');
    const message = (text: string) => [{ role: 'user', content: [{ type: 'input_text', text }] }];
    expect(sent).toEqual([
      [message('A novel by Jane Austen.'), { 'Fun-ASR': 4, 'Moonshine tiny': 4 }],
      [message('A letter.'), undefined],
    ]);
    const long = await run('--context-file', join(words, 'long.txt'));
    expect(long).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/long\.txt.* 400 .*not 401/) });
    const both = await run('--context', 'A letter.', '--context-file', join(words, 'context.txt'));
    expect(both).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('cannot be used with') });
  });
});

describe('Ctrl-C', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'once (%s) finishes the current sentences, keeps them, and exits with %i',
    async (signal, code) => {
      const folder = await folderWith('himself.ogg');
      let program: Program | undefined;
      const url = await scripted({
        client: async (client) => {
          await client.startTask();
          client.final('the beginning', 0, 500);
          await client.audioBytes(16_000);
          program?.process.kill(signal);
          await client.action('finish-task');
          client.final('the last words', 500, 1000);
          await client.finishTask();
        },
      });
      program = new Program(['transcribe', folder, '--base-url', url, '--pace', 'realtime', '--json']);
      const { exitCode, stderr, stdout } = await program.finished();
      expect(exitCode).toBe(code);
      expect(stderr).toContain('finishing the current sentences');
      expect(jsonLines(stdout)).toMatchObject([
        { status: 'interrupted', partial: true, error: { code: 'E_INTERRUPTED' } },
        { type: 'summary', done: 0, skipped: 0, failed: 0, interrupted: 1, exitCode: code },
      ]);
      expect(stderr).not.toContain('error:');
      expect(stderr).toMatch(/himself\.ogg: interrupted; kept, incomplete: \S+himself\.partial\.srt/);
      expect(stderr).toMatch(/^0 done, 1 interrupted.*\nto continue, run: fun-asr transcribe .* --json\n$/m);
      expect(await readFile(join(folder, 'himself.partial.srt'), 'utf8')).toContain('the last words');
      expect(await readdir(folder)).not.toContain('himself.srt');
    },
  );

  it('shows how long finishing may still take', async () => {
    let started = (): void => {};
    const hasStarted = new Promise<void>((resolve) => (started = resolve));
    const folder = await folderWith('himself.ogg');
    const url = await scripted({
      client: async (client) => {
        await client.startTask();
        await client.audioBytes(10_000);
        started();
        await new Promise(() => {});
      },
    });
    const program = new Program(['transcribe', folder, '--base-url', url]);
    await hasStarted;
    program.process.kill('SIGINT');
    await program.shows('s more');
    program.process.kill('SIGINT');
    expect((await program.finished()).exitCode).toBe(130);
  });

  it('twice exits at once, and the next run deletes the partial files', async () => {
    const folder = await folderWith('himself.ogg');
    const url = await scripted({ client: (client) => client.startTask() });
    const args = ['transcribe', folder, '--base-url', url];
    const program = new Program(args);
    await program.shows('[1/1]');
    program.process.kill('SIGINT');
    await program.shows('press Ctrl-C again');
    program.process.kill('SIGINT');
    expect((await program.finished()).exitCode).toBe(130);
    expect(await readdir(folder)).not.toContain('himself.srt');

    expect((await cli(['transcribe', folder, '-q'])).exitCode).toBe(0);
    // The first run had other settings: its journal is kept for them.
    expect(await stateFiles(folder)).toEqual(['.journal.jsonl', ...FINISHED_STATE]);
  });

  it('stops the download of a model with one line', async () => {
    const folder = await folderWith('himself.ogg');
    const registry = createServer(() => {}).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    onTestFinished(() => void registry.close());
    const env = {
      XDG_CACHE_HOME: join(folder, 'cache'),
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
      npm_config_noproxy: '127.0.0.1',
    };
    const program = new Program(['transcribe', join(folder, 'himself.ogg'), '--engine', 'local'], { env });
    const [socket] = await once(registry, 'connection');
    onTestFinished(() => void socket.destroy());
    program.process.kill('SIGINT');
    const { exitCode, stderr } = await program.finished();
    expect(exitCode).toBe(130);
    expect(stderr).not.toContain('error:');
    expect(stderr).toMatch(/^interrupted\nto continue, run: fun-asr transcribe .* --engine local\n$/m);
    expect(stderr).not.toContain('finishing');
    expect(await readdir(folder)).not.toContain('himself.srt');
  });

  it('after all audio is sent still gives the complete recording', async () => {
    const folder = await folderWith('himself.ogg');
    let program: Program | undefined;
    const url = await scripted({
      client: async (client) => {
        await client.startTask();
        await client.action('finish-task');
        program?.process.kill('SIGINT');
        await program?.shows('press Ctrl-C again');
        client.final('all of it', 0, 900);
        await client.finishTask();
      },
    });
    program = new Program(['transcribe', folder, '--base-url', url, '--json']);
    const { exitCode, stdout } = await program.finished();
    expect(exitCode).toBe(130);
    expect(jsonLines(stdout)).toMatchObject([
      { status: 'done', partial: false },
      { type: 'summary', done: 1, exitCode: 130 },
    ]);
    expect(await readFile(join(folder, 'himself.srt'), 'utf8')).toContain('all of it');
  });
});

describe('--dry-run', () => {
  it('stops at Ctrl-C', async () => {
    const folder = await temporaryFolder();
    for (let n = 0; n < 100; n += 1) await copyFile(HIMSELF, join(folder, `${n}.ogg`));
    const program = new Program(['transcribe', folder, '--dry-run']);
    await program.shows('0:03');
    program.process.kill('SIGINT');
    const { exitCode, stdout, stderr } = await program.finished();
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^interrupted\nto continue, run: /m);
    expect(stdout).not.toContain('recordings to process');
  });

  it('prints durations and cost, and neither sends nor writes anything', async () => {
    const folder = await temporaryFolder();
    await cp(HIMSELF, join(folder, 'a.ogg'));
    await writeFile(join(folder, 'bad.mp3'), 'This is not audio.');
    const env = { DASHSCOPE_API_KEY: 'sk-canary0123456789' };
    const { exitCode, stdout } = await cli(['transcribe', folder, '--dry-run', '--json'], { env });
    expect(exitCode).toBe(1);
    const [good, bad, summary] = jsonLines(stdout);
    expect(good).toMatchObject({
      type: 'plan',
      action: 'transcribe',
      outputs: [join(folder, 'a.srt'), join(folder, 'a.jsonl')],
    });
    expect(Number(good?.['durationMs'])).toBeGreaterThan(3200);
    expect(bad).toMatchObject({ action: 'fail', error: { code: 'E_BAD_MEDIA' } });
    expect(summary).toMatchObject({
      type: 'summary',
      recordings: 2,
      transcribe: 1,
      fail: 1,
      estimatedCost: good?.['estimatedCost'],
      currency: 'USD',
    });
    expect((await readdir(folder)).sort()).toEqual(['a.ogg', 'bad.mp3']);
  });
});
