import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAcceptedWhenFound } from '../../../lib/cli/config/accepted-keys.ts';
import { folderWith as filesIn, TALK } from '../../support/transcripts.ts';
import { cli, type Finished, FIXTURES, jsonLines } from '../run-cli.ts';

/** A folder with a transcript, and a configuration file in it. */
async function folderWith(config: object | string): Promise<string> {
  const content = typeof config === 'string' ? config : JSON.stringify(config);
  return await filesIn({ 'talk.jsonl': TALK, 'fun-asr.config.json': content });
}

/** Runs `subtitles talk.jsonl` in a folder with a configuration file. */
async function subtitles(config: object, ...args: string[]): Promise<Finished & { files: string[] }> {
  const folder = await folderWith(config);
  const finished = await cli(['subtitles', 'talk.jsonl', ...args], { cwd: folder });
  const files = (await readdir(folder)).filter((name) => name.startsWith('talk.') && name !== 'talk.jsonl');
  return { ...finished, files: files.sort() };
}

describe('a configuration file', () => {
  it('sets flags, as a string or as an array', async () => {
    expect((await subtitles({ outputFormat: 'txt,vtt' })).files).toEqual(['talk.txt', 'talk.vtt']);
    expect((await subtitles({ outputFormat: ['txt', 'vtt'] })).files).toEqual(['talk.txt', 'talk.vtt']);
  });

  it('has sections of commands, which replace what is for all commands', async () => {
    const config = { outputFormat: 'txt', subtitles: { outputFormat: 'vtt' }, lint: { maxCps: 20 } };
    expect((await subtitles(config)).files).toEqual(['talk.vtt']);
  });

  it('yields to flags of the command line', async () => {
    expect((await subtitles({ outputFormat: 'txt' }, '-f', 'vtt')).files).toEqual(['talk.vtt']);
  });

  it('yields to --no-<flag>, also of flags that have no such form otherwise', async () => {
    const run = async (...args: string[]): Promise<string> => {
      const folder = await folderWith({ bom: true });
      await cli(['subtitles', 'talk.jsonl', ...args], { cwd: folder });
      return (await readFile(join(folder, 'talk.srt'), 'utf8')).slice(0, 1);
    };
    expect(await run()).toBe('\uFEFF');
    expect(await run('--no-bom')).toBe('1');
  });

  it('yields to a flag that excludes its key', async () => {
    const folder = await folderWith({ language: 'en' });
    await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'voice.ogg'));
    const args = ['transcribe', 'voice.ogg', '--dry-run', '--language-hints', 'en'];
    expect((await cli(args, { cwd: folder })).exitCode).toBe(0);
  });

  it('satisfies flags that a command needs', async () => {
    const folder = await folderWith({ convert: { to: 'wav' } });
    await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'voice.ogg'));
    expect((await cli(['convert', 'voice.ogg'], { cwd: folder })).exitCode).toBe(0);
    expect(await readdir(folder)).toContain('voice.wav');
  });

  it('is found above the current folder, and its paths are relative to it', async () => {
    const folder = await folderWith({ outputDir: 'out' });
    await mkdir(join(folder, 'sub'));
    await copyFile(join(folder, 'talk.jsonl'), join(folder, 'sub', 'talk.jsonl'));
    await cli(['subtitles', 'talk.jsonl'], { cwd: join(folder, 'sub') });
    expect(await readdir(join(folder, 'out'))).toContain('talk.srt');
  });

  it('is named by --config, before or after the command, and left out with --no-config', async () => {
    const folder = await folderWith({ outputFormat: 'txt' });
    await writeFile(join(folder, 'talks.json'), '{ "outputFormat": "vtt" }');
    await cli(['subtitles', 'talk.jsonl', '--config', 'talks.json'], { cwd: folder });
    await cli(['--no-config', 'subtitles', 'talk.jsonl'], { cwd: folder });
    const files = await readdir(folder);
    expect(files).toEqual(expect.arrayContaining(['talk.vtt', 'talk.srt']));
    expect(files).not.toContain('talk.txt');
  });

  it('is the first line on stderr with --verbose', async () => {
    const folder = await folderWith({ engine: 'local' });
    const args = ['transcribe', 'nothing', '--dry-run'];
    const { stderr } = await cli([...args, '-v'], { cwd: folder });
    expect(stderr.split('\n')[0]).toBe('configuration: fun-asr.config.json');
    expect((await cli(args, { cwd: folder })).stderr).not.toContain('configuration');
  });

  it('is named in errors about options that it may have set', async () => {
    const { exitCode, stderr } = await subtitles({ json: true }, '-o', '-');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('fun-asr.config.json sets flags, too. [E_OPTION]');
  });

  it('does not disturb commands that have none of its flags', async () => {
    const folder = await folderWith({ outputFormat: 'txt', transcribe: { profile: 'bbc' }, json: true });
    const { exitCode, stdout } = await cli(['models'], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout).length).toBeGreaterThan(3);
  });
});

describe('an error in a configuration file', () => {
  it.each([
    [{ outputFormt: 'srt' }, /fun-asr\.config\.json: outputFormt is not known\. Did you mean outputFormat\?/],
    [{ 'output-format': 'srt' }, /output-format is not known\. Did you mean outputFormat\?/],
    [{ subtitels: { bom: true } }, /subtitels is not known\. Did you mean subtitles\?/],
    [{ subtitles: { engine: 'local' } }, /subtitles\.engine is not known/],
    [{ noBom: true }, /noBom is not known\. Did you mean bom\?/],
    [JSON.parse('{ "__proto__": 1 }') as object, /__proto__ is not known/],
    [{ constructor: { x: 1 } }, /constructor is not known/],
    [{ subtitles: true }, /subtitles must be an object with the flags of this command/],
    [{ lint: ['maxCps'] }, /lint must be an object with the flags of this command/],
    [{ profile: 'netflix-eng' }, /profile cannot be "netflix-eng"\..* Did you mean netflix-en\?/],
    [{ maxCps: 1000 }, /maxCps cannot be "1000"\. It must be a number from 1 to 100\./],
    [{ maxCps: true }, /maxCps must be a string or a number/],
    [{ bom: 'yes' }, /bom must be true or false/],
    [{ maxCps: [1] }, /maxCps must be a string or a number/],
    [{ outputFormat: ['srt,vtt'] }, /outputFormat must be .* an array of strings without commas/],
    [{ bom: null }, /bom must be true or false/],
  ])('%j is one line that names the file, the key and the reason', async (config, message) => {
    const { exitCode, stderr, files } = await subtitles(config);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(files).toEqual([]);
  });

  it.each(['no', 'false', 0])('refuses %j for a flag that has a --no- form only', async (itn) => {
    const folder = await folderWith({ itn });
    const { exitCode, stderr } = await cli(['transcribe', 'x'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('itn must be true or false');
  });

  it('names both keys that exclude each other', async () => {
    const folder = await folderWith({ language: 'en', transcribe: { languageHints: 'zh' } });
    const { exitCode, stderr } = await cli(['transcribe', 'x'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/(language|transcribe\.languageHints) cannot be set beside/);
  });

  it('does not stop a command that reads none', async () => {
    const folder = await folderWith('no JSON');
    for (const help of [
      ['help', 'transcribe'],
      ['transcribe', '--help'],
      ['queue', 'add', '-h'],
    ])
      expect((await cli(help, { cwd: folder })).exitCode).toBe(0);
    expect((await cli(['models', '--no-config'], { cwd: folder })).exitCode).toBe(0);
    expect((await cli(['models'], { cwd: folder })).exitCode).toBe(2);
  });
});

describe('a configuration file that came with the recordings', () => {
  const KEYS = [
    'baseUrl',
    'region',
    'workspaceId',
    'workspaceHost',
    'ffmpegPath',
    'trustAnyCertificate',
    'force',
  ];

  it.each(KEYS)('cannot set %s', async (key) => {
    const folder = await folderWith({ [key]: 'wss://attacker.example' });
    const { exitCode, stderr } = await cli(['transcribe', 'x'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`fun-asr\\.config\\.json: ${key} is not read from`));
  });

  it('cannot send audio away that would stay on this machine', async () => {
    const config = { serve: { engine: 'cloud' }, transcribe: { engine: 'local' } };
    const folder = await filesIn({ 'fun-asr.config.json': JSON.stringify(config) });
    expect((await cli(['serve'], { cwd: folder })).stderr).toContain('serve.engine is not read from');
    expect((await cli(['transcribe', 'x'], { cwd: folder })).stderr).not.toContain('is not read from');
  });

  it.each([
    ['serve', 'host'],
    ['serve', 'token'],
    ['live', 'device'],
    ['live', 'driver'],
    ['lint', 'fix'],
    ['token', 'httpBaseUrl'],
  ])('cannot set for %s what --%s is', async (command, key) => {
    const folder = await folderWith({ [command]: { [key]: 'x' } });
    const { exitCode, stderr } = await cli([command, 'x.srt'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${command}.${key} is not read from`);
  });

  it.each([
    ['outputDir', '../elsewhere'],
    ['outputDir', '~/elsewhere'],
    ['outputDir', 'link'],
    ['outputDir', 'link/below'],
    ['outputDir', 'dangling'],
    ['report', '/tmp/fun-asr-report-of-an-attacker.html'],
    ['contextFile', '../secret.txt'],
    ['model', './model'],
  ])('cannot name as %s the path %s', async (key, path) => {
    const folder = await folderWith({ [key]: path });
    await symlink('/tmp', join(folder, 'link'));
    await symlink('/does/not/exist', join(folder, 'dangling'));
    const { exitCode, stderr } = await cli(['transcribe', 'x'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/is outside the folder of the file|names the folder of a model/);
    expect(stderr).not.toContain('attacker');
  });

  it('can set all of it when the user names it', async () => {
    const folder = await folderWith({ baseUrl: 'https://attacker.example', force: true, outputDir: '../x' });
    const { stderr } = await cli(['transcribe', 'x', '--config', 'fun-asr.config.json'], { cwd: folder });
    expect(stderr).not.toContain('is not read from');
    expect(stderr).not.toContain('outside');
  });

  it.each([['apiKey'], ['api-key'], ['DASHSCOPE_API_KEY']])(
    'cannot have an API key as %s, also when it is named, and the key is not repeated',
    async (name) => {
      const folder = await folderWith({ transcribe: { [name]: 'sk-canary0123456789abcdef' } });
      const args = ['transcribe', 'x', '--config', 'fun-asr.config.json'];
      const { exitCode, stdout, stderr } = await cli(args, { cwd: folder });
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Set DASHSCOPE_API_KEY instead.');
      expect(stdout + stderr).not.toContain('canary');
    },
  );
});

describe('docs/configuration.md', async () => {
  const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');

  it('shows a file that is accepted', async () => {
    const [, sample = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? [];
    const folder = await filesIn({ 'fun-asr.config.json': sample });
    await copyFile(join(FIXTURES, 'himself.ogg'), join(folder, 'voice.ogg'));
    const { exitCode, stdout } = await cli(['transcribe', 'voice.ogg', '--dry-run'], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('subtitles/voice.srt, subtitles/voice.vtt');
    expect((await cli(['queue', 'work', '--redis', 'x'], { cwd: folder })).stderr).not.toContain(
      'config.json:',
    );
  });

  it('lists keys that a file that was found cannot set', async () => {
    const [, list = ''] = /^- It cannot set (.*?)^-/ms.exec(page) ?? [];
    const keys = [...list.matchAll(/`([a-zA-Z]+)`/g)]
      .map(([, key = '']) => key)
      .filter((key) => key !== 'serve');
    expect(keys.length).toBeGreaterThan(12);
    expect(keys.filter((key) => isAcceptedWhenFound(key))).toEqual([]);
  });
});
