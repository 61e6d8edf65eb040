import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from '../../lib/audio/probe.ts';
import type { Engine } from '../../lib/service/engine.ts';
import { oggOpus } from '../audio/packets.ts';
import { openLocalEngine } from '../../lib/engines/local/local-engine.ts';
import { type Service, startService } from '../../lib/service/service.ts';
import { startRedis } from '../support/redis.ts';

const run = promisify(execFile);

let engine: Engine;
let service: Service;
let folder: string;

beforeAll(async () => {
  engine = await openLocalEngine();
  service = await startService({ engine, port: 0 });
  folder = await mkdtemp(join(tmpdir(), 'recipes-'));
});

afterAll(async () => {
  await service.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

function inProject(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** Runs a recipe as a user would, against the local service. */
async function recipe(name: string, ...args: string[]): Promise<void> {
  const env = { ...process.env, DASHSCOPE_WEBSOCKET_BASE_URL: service.url };
  await run(process.execPath, [inProject(`recipes/${name}.mjs`), ...args], { env });
}

/** Returns the words of a subtitle file as one line, without numbers, times and punctuation. */
function wordsOf(subtitles: string): string {
  return subtitles
    .replaceAll(/^(\d+|WEBVTT|[\d:,.]+ --> [\d:,.]+)$/gm, '')
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .toLowerCase()
    .trim();
}

describe('the recipe', () => {
  it('file-to-srt writes cues with the spoken words', async () => {
    const output = join(folder, 'sense-and-sensibility.srt');
    await recipe('file-to-srt', inProject('fixtures/sense-and-sensibility.mp3'), output);
    const subtitles = await readFile(output, 'utf8');
    expect(subtitles).toMatch(/^1\n00:00:00,\d{3} --> 00:00:\d\d,\d{3}\nAnd Mr/);
    expect(subtitles.split('\n').every((line) => line.length <= 42)).toBe(true);
    const words = wordsOf(subtitles);
    expect(words).toMatch(/how much there might be prudently in his power to do for them/);
    expect(words).toMatch(/might have been made still more respectable than he was.*made amiable himself/);
  });

  it('folder-to-subtitles transcribes the valid recordings and names the invalid one', async () => {
    const recordings = await mkdtemp(join(folder, 'recordings-'));
    for (const name of ['himself.ogg', 'ill-disposed.mp3'])
      await symlink(inProject(`fixtures/${name}`), join(recordings, name));
    await writeFile(join(recordings, 'notes.mp3'), 'text instead of audio');

    const output = join(folder, 'subtitles');
    const failed = run(process.execPath, [inProject('recipes/folder-to-subtitles.mjs'), recordings, output]);
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('notes.mp3: ') });

    expect(await readdir(output)).toEqual(
      expect.arrayContaining(['himself.ogg.vtt', 'ill-disposed.mp3.vtt']),
    );
    const himself = await readFile(join(output, 'himself.ogg.vtt'), 'utf8');
    expect(himself).toMatch(/^WEBVTT\n\n00:/);
    expect(wordsOf(himself)).toMatch(/made amiable himself/);
  });

  it.each(['ill-disposed.mp3', 'amiable.m4a'])(
    'audio-to-pcm converts %s to PCM of the same length',
    async (name) => {
      const output = join(folder, `${name}.pcm`);
      await recipe('audio-to-pcm', inProject(`fixtures/${name}`), output);
      const seconds = (await stat(output)).size / 32_000;
      const sources = await readFile(inProject('fixtures/SOURCES.tsv'), 'utf8');
      const [, , , , duration] =
        sources
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.split('\t') ?? [];
      expect(Math.abs(seconds - Number(duration))).toBeLessThan(0.15);
    },
  );

  it.each([
    ['leisure.wav', 'output.mp3', [], { codec: 'mp3', sampleRate: 16_000 }, 'encoded'],
    ['ill-disposed.mp3', 'output.wav', ['sampleRate=44100', 'channels=2'], { channels: 2 }, 'encoded'],
    ['amiable.m4a', 'output.aac', [], { container: 'aac', codec: 'aac' }, 'copied'],
    ['amiable.m4a', 'encoded.aac', ['bitrate=256000'], { container: 'aac', codec: 'aac' }, 'encoded'],
    ['cold-hearted.flac', 'output.opus', ['bitrate=128000'], { container: 'ogg', codec: 'opus' }, 'encoded'],
  ])('convert writes %s as %s with %j', async (input, name, settings, expected, how) => {
    const output = join(folder, name);
    const args = [inProject('recipes/convert.mjs'), inProject(`fixtures/${input}`), output, ...settings];
    const { stdout } = await run(process.execPath, args);
    expect(stdout).toMatch(new RegExp(`^\\d+\\.\\d s ${how}\n$`));
    expect(await probe(output)).toMatchObject(expected);
  });

  it('voice-chat recognises Opus packets', async () => {
    const [input, output] = [join(folder, 'call.ogg'), join(folder, 'call.srt')];
    await writeFile(input, await oggOpus('-i', inProject('fixtures/inaugural.webm')));
    await recipe('voice-chat', input, output);
    expect(wordsOf(await readFile(output, 'utf8'))).toMatch(
      /not what your country can do for you ask what you can do for your country/,
    );
  });

  it('web-request answers a recording with its subtitles, and a text with the reason', async () => {
    const env = { ...process.env, DASHSCOPE_WEBSOCKET_BASE_URL: service.url };
    const call = async (path: string) =>
      await run(process.execPath, [inProject('recipes/web-request.mjs'), path], { env });
    const { stdout } = await call(inProject('fixtures/sense-and-sensibility.mp3'));
    expect(stdout).toMatch(/^1\n00:00:00,\d{3} --> /);
    expect(wordsOf(stdout)).toMatch(/made amiable himself/);
    const text = join(folder, 'text.mp3');
    await writeFile(text, 'This is not audio.');
    await expect(call(text)).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('no audio') });
  });

  it('languages-by-folder names the language of each folder', async () => {
    const [input, output] = [join(folder, 'languages'), join(folder, 'by-language')];
    for (const [language, name] of [
      ['en', 'himself.ogg'],
      ['zh', 'leisure.wav'],
    ] as const) {
      await mkdir(join(input, language), { recursive: true });
      await copyFile(inProject(`fixtures/${name}`), join(input, language, name));
    }
    const failed = recipe('languages-by-folder', input, output);
    await expect(failed).rejects.toMatchObject({
      stdout: expect.stringMatching(/^en.himself\.ogg: done$/m),
      stderr: expect.stringMatching(/^zh.leisure\.wav: .*zh/m),
    });
    expect(wordsOf(await readFile(join(output, 'en', 'himself.srt'), 'utf8'))).toContain('amiable himself');
  });

  it('watch-folder writes subtitles for what arrives, and ends with Ctrl-C', async () => {
    const [inbox, output] = [join(folder, 'inbox'), join(folder, 'from-inbox')];
    await mkdir(inbox);
    const args = [inProject('recipes/watch-folder.mjs'), inbox, output];
    const env = { ...process.env, DASHSCOPE_WEBSOCKET_BASE_URL: service.url };
    const watching = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    await copyFile(inProject('fixtures/himself.ogg'), join(inbox, 'himself.ogg'));
    expect(String(await once(watching.stdout, 'data'))).toContain('himself.ogg: done');
    expect(wordsOf(await readFile(join(output, 'himself.srt'), 'utf8'))).toContain('amiable himself');
    watching.kill('SIGINT');
    expect(await once(watching, 'exit')).toEqual([0, null]);
  });

  it('three-workers transcribes a folder', async () => {
    const root = join(folder, 'queue');
    await mkdir(root);
    for (const name of ['himself.ogg', 'inaugural.webm'])
      await copyFile(inProject(`fixtures/${name}`), join(root, name));
    const { url } = await startRedis();
    const env = { ...process.env, DASHSCOPE_WEBSOCKET_BASE_URL: service.url, REDIS_URL: url };
    const { stdout } = await run(process.execPath, [inProject('recipes/three-workers.mjs'), root], { env });
    expect(stdout).toContain('queue default: 0 waiting, 0 active, 0 delayed, 2 done, 0 failed');
    expect(wordsOf(await readFile(join(root, 'himself.srt'), 'utf8'))).toContain('amiable himself');
    expect(await readdir(root)).toContain('fun-asr-report.html');
  });

  it('rewrite-sentences changes the text and keeps the times', async () => {
    const [plain, rewritten] = [join(folder, 'plain.srt'), join(folder, 'rewritten.srt')];
    const input = inProject('fixtures/himself.ogg');
    await recipe('rewrite-sentences', input, plain);
    await recipe('rewrite-sentences', input, rewritten, 'himself=HIMSELF');
    const [before, after] = [await readFile(plain, 'utf8'), await readFile(rewritten, 'utf8')];
    expect(before).toContain('himself');
    expect(after).toBe(before.replaceAll('himself', 'HIMSELF'));
  });

  it('microphone writes the speech from a device', async () => {
    const output = join(folder, 'microphone.srt');
    await recipe('microphone', output, 'lavfi', `amovie=${inProject('fixtures/himself.ogg')}`);
    expect(wordsOf(await readFile(output, 'utf8'))).toMatch(/made amiable himself/);
  });

  it('prove-client reports no loss, and reports the faults that make a client fail', async () => {
    const prove = async (...args: string[]) =>
      await run(process.execPath, [inProject('recipes/prove-client.mjs'), ...args]);
    expect((await prove('1')).stdout).toBe('0 of 1 schedules failed\n');
    expect((await prove('3', 'drop@3s, reset@20s')).stdout).toBe('0 of 1 schedules failed\n');
    // A refused key is a permanent error.
    await expect(prove('3', 'drop@3s, refuse:401, delay:1ms')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^seed 3 fails with 'refuse:401': .*\n1 of 1 schedules failed\n$/),
    });
  });
});
