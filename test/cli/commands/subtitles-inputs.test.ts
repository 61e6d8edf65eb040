import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CUE, DEEPGRAM, folderWith, namesIn, TALK, WHISPER } from '../../support/transcripts.ts';
import { cli, jsonLines, Program } from '../run-cli.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

const read = (...path: [string, ...string[]]): Promise<string> => readFile(join(...path), 'utf8');

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
    expect(
      (await readdir(join(cwd, 'out'), { recursive: true }))
        .filter((name) => !name.includes('.fun-asr'))
        .toSorted(),
    ).toEqual(['a.srt', 'link.srt', 'sub', join('sub', 'b.srt')]);
    expect(stderr).toContain(
      'left out 2 files that are not transcripts: talks/log.jsonl, talks/package.json. [W_UNSUPPORTED]',
    );
  });

  it('are the transcripts of a pattern', async () => {
    const cwd = await folderWith({ 'x/a.jsonl': TALK, 'x/b.json': '{}', 'x/c.txt': 'text' });
    const { exitCode } = await cli(['subtitles', 'x/*'], { cwd });
    expect([exitCode, await namesIn(join(cwd, 'x'))]).toEqual([0, ['a.jsonl', 'a.srt', 'b.json', 'c.txt']]);
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
    expect(await namesIn(cwd)).toEqual(['talk.jsonl', 'x']);
  });
});

describe('pipes', () => {
  it('carry standard input to standard output', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const stdin = join(cwd, 'talk.jsonl');
    const { exitCode, stdout, stderr } = await cli(['subtitles', '-', '-f', 'vtt'], { cwd, stdin });
    expect([exitCode, stderr]).toEqual([0, '✔ standard input: 1 sentence → standard output\n']);
    expect(stdout).toMatch(/^WEBVTT\n/);
    expect(await namesIn(cwd)).toEqual(['talk.jsonl']);
  });

  it('carry a file to standard output with -o -', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const flags = ['-o', '-', '-q', '--language-suffix'];
    const { exitCode, stdout, stderr } = await cli(['subtitles', 'talk.jsonl', ...flags], { cwd });
    expect([exitCode, stdout.startsWith(CUE), stderr]).toEqual([0, true, '']);
    expect(await namesIn(cwd)).toEqual(['talk.jsonl']);
  });

  it('carry standard input to files in several formats, which never replace earlier ones', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const stdin = join(cwd, 'talk.jsonl');
    await cli(['subtitles', '-', '-f', 'srt,vtt'], { cwd, stdin });
    await cli(['subtitles', '-', '-f', 'srt,vtt'], { cwd, stdin });
    const names = ['stdin-2.srt', 'stdin-2.vtt', 'stdin.srt', 'stdin.vtt', 'talk.jsonl'];
    expect(await namesIn(cwd)).toEqual(names);
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

  it('are left at the first Ctrl-C, and files that are done stay', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const args = [MAIN, 'subtitles', 'talk.jsonl', '-', '--json'];
    const program = spawn(process.execPath, args, { cwd });
    onTestFinished(() => void program.kill('SIGKILL'));
    const [result] = (await once(program.stdout, 'data')) as [Buffer];
    program.kill('SIGINT');
    const summary = text(program.stdout);
    expect(await once(program, 'close')).toEqual([130, null]);
    expect(jsonLines(result.toString() + (await summary))).toMatchObject([
      { type: 'result', outputs: ['talk.srt'] },
      { type: 'summary', done: 1, failed: 0, exitCode: 130 },
    ]);
    expect(await namesIn(cwd)).toEqual(['talk.jsonl', 'talk.srt']);
  });
});
