import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CUE,
  DASHSCOPE,
  DEEPGRAM,
  folderWith,
  namesIn,
  LINE,
  TALK,
  WHISPER,
} from '../../support/transcripts.ts';
import { cli, jsonLines } from '../run-cli.ts';

const read = (...path: [string, ...string[]]): Promise<string> => readFile(join(...path), 'utf8');

describe('fun-asr subtitles', () => {
  it('writes SRT beside the transcript, without a key', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const env = { DASHSCOPE_API_KEY: '' };
    const { exitCode, stdout, stderr } = await cli(['subtitles', 'talk.jsonl'], { cwd, env });
    expect([exitCode, stdout, stderr]).toEqual([0, '', '✔ talk.jsonl: 1 sentence → talk.srt\n']);
    expect(await read(cwd, 'talk.srt')).toContain(CUE);
    expect(await namesIn(cwd)).toEqual(['talk.jsonl', 'talk.srt']);
  });

  it('writes all formats but the input itself', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const { exitCode, stderr } = await cli(['subtitles', 'talk.jsonl', '-f', 'all'], { cwd });
    const names = ['ass', 'json', 'jsonl', 'lrc', 'srt', 'tsv', 'txt', 'vtt'].map((name) => `talk.${name}`);
    expect([exitCode, await namesIn(cwd)]).toEqual([0, names]);
    expect(stderr).toContain('talk.jsonl: is an input, and is not replaced');
    expect(await read(cwd, 'talk.jsonl')).toBe(TALK);
  });

  it('writes all formats to another folder, and keeps all fields of a sentence', async () => {
    const line = `${JSON.stringify({ ...LINE, speaker_id: 3, speaker: 'Ann' })}\n`;
    const cwd = await folderWith({ 'talk.jsonl': line });
    expect((await cli(['subtitles', 'talk.jsonl', '-f', 'all', '-o', 'out'], { cwd })).exitCode).toBe(0);
    expect(await namesIn(join(cwd, 'out'))).toHaveLength(8);
    expect(jsonLines(await read(cwd, 'out', 'talk.jsonl'))).toEqual(jsonLines(line));
    expect(await read(cwd, 'out', 'talk.txt')).toBe(`Ann: ${LINE.text}\n`);
  });

  it.each([
    ['whisper', WHISPER, '我们今天讲两件事'],
    ['deepgram', DEEPGRAM, 'Good morning.'],
    ['dashscope', DASHSCOPE, 'Hello there.'],
    ['native', JSON.stringify([LINE]), LINE.text],
  ])('reads the JSON of %s', async (_, document, text) => {
    const cwd = await folderWith({ 'talk.json': document });
    expect((await cli(['subtitles', 'talk.json'], { cwd })).exitCode).toBe(0);
    expect(await read(cwd, 'talk.srt')).toContain(text);
  });

  it('uses the rules of a language that a transcript states by its name', async () => {
    const cwd = await folderWith({ 'talk.json': WHISPER });
    await cli(['subtitles', 'talk.json', '-f', 'jsonl'], { cwd });
    expect(jsonLines(await read(cwd, 'talk.jsonl'))).toMatchObject([{ language: 'zh', speaker: 'Ann' }]);
  });

  it.each([
    ['whisper', { segments: [{ start: 0.32, end: 2.912 }] }],
    ['openai', { task: 'transcribe', segments: [{ start: 0.32 }] }],
    ['deepgram', { results: { channels: [{}] } }],
    ['dashscope', { transcripts: [{ sentences: [{ begin_time: 320 }] }] }],
  ])('writes the JSON of %s', async (shape, document) => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    await cli(['subtitles', 'talk.jsonl', '-f', 'json', '--json-shape', shape], { cwd });
    expect(JSON.parse(await read(cwd, 'talk.json'))).toMatchObject(document);
  });

  it('writes paragraphs, and applies cue flags', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK + TALK });
    const flags = ['--paragraphs', '--max-line-width', '20', '--newline', 'crlf'];
    await cli(['subtitles', 'talk.jsonl', '-f', 'srt,txt', ...flags], { cwd });
    expect(await read(cwd, 'talk.txt')).toBe(`${LINE.text} ${LINE.text}\r\n`);
    const lines = (await read(cwd, 'talk.srt')).split('\r\n').filter((line) => !line.includes('-->'));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(20);
  });

  it('warns of a flag without its format', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const { stderr } = await cli(['subtitles', 'talk.jsonl', '--json-shape', 'whisper'], { cwd });
    expect(stderr).toMatch(/--json-shape has no effect without the format json.*\[W_OPTION\]/);
  });

  it('lists its flags in the help', async () => {
    const { exitCode, stdout } = await cli(['subtitles', '--help']);
    expect(exitCode).toBe(0);
    for (const flag of [
      '--json-shape',
      '--paragraphs',
      '--language-suffix',
      '--profile',
      '--karaoke',
      '--force',
    ])
      expect(stdout).toContain(flag);
    expect(stdout).toContain('default: srt)');
  });
});

describe('names of outputs', () => {
  it('keep the extensions of two inputs with the same stem', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, 'talk.json': WHISPER });
    await cli(['subtitles', 'talk.jsonl', 'talk.json'], { cwd });
    expect(await namesIn(cwd)).toEqual(['talk.json', 'talk.json.srt', 'talk.jsonl', 'talk.jsonl.srt']);
  });

  it.each([
    ['the language of the text', TALK, [], 'talk.en.srt'],
    ['the stated language', WHISPER, [], 'talk.zh.srt'],
    ['the language of the flag', TALK, ['--language', 'yue'], 'talk.yue.srt'],
    ['und for an unknown script', TALK.replace(LINE.text, 'Здравствуйте!'), [], 'talk.und.srt'],
  ])('have %s with --language-suffix', async (_, content, flags, name) => {
    const cwd = await folderWith({ 'talk.json': content });
    await cli(['subtitles', 'talk.json', '--language-suffix', ...flags], { cwd });
    expect((await namesIn(cwd)).filter((entry) => entry !== 'talk.json')).toEqual([name]);
  });

  it('have the language once, and never replace an output of the same run', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, 'talk.en.jsonl': TALK });
    const { exitCode, stderr } = await cli(['subtitles', '.', '--language-suffix', '--force'], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/talk\.en\.srt: was written for another input.*\[E_EXISTS\]/);
  });

  it('are refused when they exist, unless --force is given', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, 'talk.srt': 'mine', 'b.jsonl': TALK });
    const { exitCode, stderr } = await cli(['subtitles', 'talk.jsonl', 'b.jsonl', '-f', 'srt,vtt'], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/error: talk\.jsonl: talk\.srt: exists already\. .*--force.*\[E_EXISTS\]/);
    expect(stderr).toContain('1 done, 1 failed');
    expect(await read(cwd, 'talk.srt')).toBe('mine');
    expect(await namesIn(cwd)).toEqual(['b.jsonl', 'b.srt', 'b.vtt', 'talk.jsonl', 'talk.srt']);
    expect((await cli(['subtitles', 'talk.jsonl', '--force'], { cwd })).exitCode).toBe(0);
    expect(await read(cwd, 'talk.srt')).toContain(CUE);
  });

  it('never replace an input, also with --force and through a link', async () => {
    const cwd = await folderWith({ 'real/talk.json': WHISPER });
    await symlink('real/talk.json', join(cwd, 'talk.json'));
    const flags = ['-f', 'json', '--force', '-o', 'real'];
    for (const input of ['talk.json', 'real/talk.json']) {
      const { exitCode, stderr } = await cli(['subtitles', input, ...flags], { cwd });
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('is an input, and is not replaced')]);
    }
    expect(await read(cwd, 'real', 'talk.json')).toBe(WHISPER);
  });
});
