import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, jsonLines, Program } from '../run-cli.ts';

const LINE = {
  sentence_id: 1,
  begin_time: 320,
  end_time: 2912,
  text: 'He was not an ill-disposed young man.',
  words: [],
  sentence_end: true,
  request_id: 'r',
};
const TALK = `${JSON.stringify(LINE)}\n`;
const CUE = '1\n00:00:00,320 --> 00:00:02,9';
const WHISPER = JSON.stringify({
  text: '',
  language: 'chinese',
  segments: [{ start: 1, end: 3.5, text: '我们今天讲两件事。', speaker: 'Ann' }],
});
const DEEPGRAM = JSON.stringify({
  results: { channels: [], utterances: [{ start: 0, end: 2, transcript: 'Good morning.', speaker: 1 }] },
});
const DASHSCOPE = JSON.stringify({
  transcripts: [{ channel_id: 0, sentences: [{ begin_time: 0, end_time: 2000, text: 'Hello there.' }] }],
});

/** A folder with files. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const read = (...path: [string, ...string[]]): Promise<string> => readFile(join(...path), 'utf8');

describe('fun-asr subtitles', () => {
  it('writes SRT beside the transcript, without a key', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const env = { DASHSCOPE_API_KEY: '' };
    const { exitCode, stdout, stderr } = await cli(['subtitles', 'talk.jsonl'], { cwd, env });
    expect([exitCode, stdout, stderr]).toEqual([0, '', '✔ talk.jsonl: 1 sentence → talk.srt\n']);
    expect(await read(cwd, 'talk.srt')).toContain(CUE);
    expect(await readdir(cwd)).toEqual(['talk.jsonl', 'talk.srt']);
  });

  it('writes all formats but the input itself', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const { exitCode, stderr } = await cli(['subtitles', 'talk.jsonl', '-f', 'all'], { cwd });
    const names = ['ass', 'json', 'jsonl', 'lrc', 'srt', 'tsv', 'txt', 'vtt'].map((name) => `talk.${name}`);
    expect([exitCode, await readdir(cwd)]).toEqual([0, names]);
    expect(stderr).toContain('talk.jsonl: is an input, and is not replaced');
    expect(await read(cwd, 'talk.jsonl')).toBe(TALK);
  });

  it('writes all formats to another folder, and keeps all fields of a sentence', async () => {
    const line = `${JSON.stringify({ ...LINE, speaker_id: 3, speaker: 'Ann' })}\n`;
    const cwd = await folderWith({ 'talk.jsonl': line });
    expect((await cli(['subtitles', 'talk.jsonl', '-f', 'all', '-o', 'out'], { cwd })).exitCode).toBe(0);
    expect(await readdir(join(cwd, 'out'))).toHaveLength(8);
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
    expect(await readdir(cwd)).toEqual(['talk.json', 'talk.json.srt', 'talk.jsonl', 'talk.jsonl.srt']);
  });

  it.each([
    ['the language of the text', TALK, [], 'talk.en.srt'],
    ['the stated language', WHISPER, [], 'talk.zh.srt'],
    ['the language of the flag', TALK, ['--language', 'yue'], 'talk.yue.srt'],
    ['und for an unknown script', TALK.replace(LINE.text, 'Здравствуйте!'), [], 'talk.und.srt'],
  ])('have %s with --language-suffix', async (_, content, flags, name) => {
    const cwd = await folderWith({ 'talk.json': content });
    await cli(['subtitles', 'talk.json', '--language-suffix', ...flags], { cwd });
    expect((await readdir(cwd)).filter((entry) => entry !== 'talk.json')).toEqual([name]);
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
    expect(await readdir(cwd)).toEqual(['b.jsonl', 'b.srt', 'b.vtt', 'talk.jsonl', 'talk.srt']);
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

describe('inputs', () => {
  it('are the transcripts of a folder and its sub-folders', async () => {
    const cwd = await folderWith({
      'talks/a.jsonl': TALK,
      'talks/sub/b.json': DEEPGRAM,
      'talks/.fun-asr/journal.jsonl': TALK,
      'talks/package.json': '{"name":"x"}',
      'talks/log.jsonl': '{"level":"info"}\n',
      'talks/talk.mp3': '',
      'c.json': WHISPER,
    });
    await symlink('../c.json', join(cwd, 'talks', 'link.json'));
    await symlink('.', join(cwd, 'talks', 'cycle'));
    const { exitCode, stderr } = await cli(['subtitles', 'talks', '-o', 'out'], { cwd });
    expect(exitCode).toBe(0);
    expect((await readdir(join(cwd, 'out'), { recursive: true })).toSorted()).toEqual([
      'a.srt',
      'link.srt',
      'sub',
      join('sub', 'b.srt'),
    ]);
    expect(stderr).toContain(
      'left out 2 files that are not transcripts: talks/log.jsonl, talks/package.json. [W_UNSUPPORTED]',
    );
  });

  it('are the transcripts of a pattern', async () => {
    const cwd = await folderWith({ 'x/a.jsonl': TALK, 'x/b.json': '{}', 'x/c.txt': 'text' });
    const { exitCode } = await cli(['subtitles', 'x/*'], { cwd });
    expect([exitCode, await readdir(join(cwd, 'x'))]).toEqual([0, ['a.jsonl', 'a.srt', 'b.json', 'c.txt']]);
  });

  it.each([
    [
      'a damaged line',
      'bad.jsonl',
      `${TALK}{"sentence_id":2,`,
      /error: bad\.jsonl:2: .*\[E_BAD_TRANSCRIPT\]/,
    ],
    ['another document', 'bad.json', '{"name":"x"}', /error: bad\.json: .*\[E_BAD_TRANSCRIPT\]/],
    ['an empty document', 'bad.json', '', /error: bad\.json: it is empty.*\[E_BAD_TRANSCRIPT\]/],
    ['no file', 'none.json', undefined, /error: none\.json: cannot be read.*\[E_READ\]/],
  ])('with %s are one line on stderr, and the others are done', async (_, name, content, line) => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, ...(content !== undefined && { [name]: content }) });
    const { exitCode, stderr } = await cli(['subtitles', name, 'talk.jsonl', '-q'], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(await read(cwd, 'talk.srt')).toContain(CUE);
  });

  it('with bytes that are not UTF-8 are refused with the line', async () => {
    const cwd = await folderWith({});
    await writeFile(join(cwd, 'talk.jsonl'), Buffer.concat([Buffer.from(TALK), Buffer.from([0xff, 0xc0])]));
    const { exitCode, stderr } = await cli(['subtitles', 'talk.jsonl'], { cwd });
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('talk.jsonl:2: the bytes are not valid UTF-8'),
    ]);
  });

  it('of a folder that are damaged are reported, not left out', async () => {
    const cwd = await folderWith({ 'a.jsonl': TALK, 'b.json': `[${TALK}` });
    const { exitCode, stderr } = await cli(['subtitles', '.'], { cwd });
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/error: b\.json: it is not JSON/)]);
  });

  it('without a transcript are wrong use', async () => {
    const cwd = await folderWith({ 'package.json': '{}' });
    const { exitCode, stderr } = await cli(['subtitles', '.'], { cwd });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('[E_NOTHING]')]);
  });

  it.each([
    [['talk.jsonl', '-f', 'mp3']],
    [['talk.jsonl', '--json-shape', 'x']],
    [['talk.jsonl', '--language', '../x']],
    [['talk.jsonl', '-o', '-', '--json']],
    [['talk.jsonl', '-o', '-', '-f', 'srt,vtt']],
    [['talk.jsonl', 'talk.jsonl', '-o', '-']],
    [['x', '-o', '-']],
    [[]],
  ])('%j are wrong use', async (args) => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, 'x/a.jsonl': TALK, 'x/b.jsonl': TALK });
    const { exitCode, stdout } = await cli(['subtitles', ...args], { cwd });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(await readdir(cwd)).toEqual(['talk.jsonl', 'x']);
  });
});

describe('pipes', () => {
  it('carry standard input to standard output', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const stdin = join(cwd, 'talk.jsonl');
    const { exitCode, stdout, stderr } = await cli(['subtitles', '-', '-f', 'vtt'], { cwd, stdin });
    expect([exitCode, stderr]).toEqual([0, '✔ standard input: 1 sentence → standard output\n']);
    expect(stdout).toMatch(/^WEBVTT\n/);
    expect(await readdir(cwd)).toEqual(['talk.jsonl']);
  });

  it('carry a file to standard output with -o -', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const flags = ['-o', '-', '-q', '--language-suffix'];
    const { exitCode, stdout, stderr } = await cli(['subtitles', 'talk.jsonl', ...flags], { cwd });
    expect([exitCode, stdout.startsWith(CUE), stderr]).toEqual([0, true, '']);
    expect(await readdir(cwd)).toEqual(['talk.jsonl']);
  });

  it('carry standard input to files in several formats, which never replace earlier ones', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const stdin = join(cwd, 'talk.jsonl');
    await cli(['subtitles', '-', '-f', 'srt,vtt'], { cwd, stdin });
    await cli(['subtitles', '-', '-f', 'srt,vtt'], { cwd, stdin });
    const names = ['stdin-2.srt', 'stdin-2.vtt', 'stdin.srt', 'stdin.vtt', 'talk.jsonl'];
    expect((await readdir(cwd)).toSorted()).toEqual(names);
  });

  it('may be closed by their reader', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK.repeat(5000) });
    const program = new Program(['subtitles', 'talk.jsonl', '-f', 'jsonl', '-o', '-', '-q'], { cwd });
    program.process.stdout?.destroy();
    const { exitCode, stderr } = await program.finished();
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('carry one JSON object per input, and a summary, with --json', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, 'bad.json': '{}' });
    const { exitCode, stdout } = await cli(['subtitles', 'talk.jsonl', 'bad.json', '--json'], { cwd });
    expect(exitCode).toBe(1);
    const common = { type: 'result', warnings: [] };
    expect(jsonLines(stdout)).toMatchObject([
      { ...common, input: 'talk.jsonl', status: 'done', outputs: ['talk.srt'], sentences: 1 },
      { ...common, input: 'bad.json', status: 'failed', outputs: [], error: { code: 'E_BAD_TRANSCRIPT' } },
      { type: 'summary', done: 1, failed: 1, exitCode: 1 },
    ]);
  });
});
