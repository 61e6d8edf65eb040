import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SubtitlesResult } from '../../../lib/batch/subtitles-run.ts';
import { run as transcribe, recognise, recordings, service } from '../../batch/run-batch.ts';
import { folderWith, LINE, namesIn, TALK, WHISPER } from '../../support/transcripts.ts';
import { cli, jsonLines } from '../run-cli.ts';

const NARROW = ['--max-line-width', '20'];

const read = (...path: [string, ...string[]]): Promise<string> => readFile(join(...path), 'utf8');

/** The statuses of a run in a folder, and the messages of its errors and warnings. */
async function statuses(cwd: string, ...args: string[]) {
  const { stdout } = await cli(['subtitles', ...args, '--json'], { cwd });
  const results = jsonLines(stdout).slice(0, -1) as unknown as SubtitlesResult[];
  return results.map(({ status, error, warnings }) =>
    [status, error?.message, ...warnings.map(({ message }) => message)].filter(Boolean),
  );
}

describe('a second run', () => {
  it('with the same settings does nothing', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, 'b.json': WHISPER });
    await cli(['subtitles', '.', '-f', 'srt,vtt', ...NARROW], { cwd });
    const before = (await stat(join(cwd, 'talk.srt'))).ino;
    const { exitCode, stderr } = await cli(['subtitles', '.', '-f', 'srt,vtt', ...NARROW], { cwd });
    expect([exitCode, stderr]).toEqual([
      0,
      'b.json: skipped, up to date: b.srt, b.vtt\n' +
        'talk.jsonl: skipped, up to date: talk.srt, talk.vtt\n0 done, 2 skipped\n',
    ]);
    expect((await stat(join(cwd, 'talk.srt'))).ino).toBe(before);
  });

  it('reports skipped inputs with --json', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    await cli(['subtitles', 'talk.jsonl'], { cwd });
    const { stdout } = await cli(['subtitles', 'talk.jsonl', '--json'], { cwd });
    expect(jsonLines(stdout)).toMatchObject([
      { status: 'skipped', outputs: ['talk.srt'], sentences: 1 },
      { type: 'summary', done: 0, skipped: 1, failed: 0, exitCode: 0 },
    ]);
  });

  it('with other settings makes the outputs that they concern again', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    await cli(['subtitles', 'talk.jsonl', '-f', 'srt,tsv'], { cwd });
    const before = await read(cwd, 'talk.srt');
    const table = (await stat(join(cwd, 'talk.tsv'))).ino;
    expect(await statuses(cwd, 'talk.jsonl', '-f', 'srt,tsv', ...NARROW)).toEqual([['done']]);
    expect(await read(cwd, 'talk.srt')).not.toBe(before);
    expect((await stat(join(cwd, 'talk.tsv'))).ino).toBe(table);
    expect(await statuses(cwd, 'talk.jsonl', '-f', 'srt,tsv')).toEqual([['done']]);
    expect(await read(cwd, 'talk.srt')).toBe(before);
  });

  it('makes the outputs of a changed transcript again, also in another folder', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    const args = ['talk.jsonl', '-f', 'srt,jsonl', '-o', 'out'];
    await cli(['subtitles', ...args], { cwd });
    await writeFile(join(cwd, 'talk.jsonl'), TALK.replace(LINE.text, 'Corrected.'));
    expect(await statuses(cwd, ...args)).toEqual([['done']]);
    expect(await read(cwd, 'out', 'talk.srt')).toContain('Corrected.');
    expect(await read(cwd, 'out', 'talk.jsonl')).toContain('Corrected.');
    expect(await statuses(cwd, ...args)).toEqual([['skipped']]);
  });

  it('writes only the outputs that are missing', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    await cli(['subtitles', 'talk.jsonl'], { cwd });
    await appendFile(join(cwd, 'talk.srt'), 'by hand');
    expect(await statuses(cwd, 'talk.jsonl', '-f', 'srt,vtt')).toEqual([
      ['done', 'talk.srt: was changed after it was written, and is kept'],
    ]);
    expect(await read(cwd, 'talk.srt')).toMatch(/by hand$/);
    expect(await namesIn(cwd)).toEqual(['talk.jsonl', 'talk.srt', 'talk.vtt']);
  });

  it('keeps an output that was edited, unless --force is given', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK });
    await cli(['subtitles', 'talk.jsonl'], { cwd });
    await writeFile(join(cwd, 'talk.srt'), 'by hand');
    const kept = ['skipped', 'talk.srt: was changed after it was written, and is kept'];
    expect(await statuses(cwd, 'talk.jsonl')).toEqual([kept]);
    const refused = ['failed', 'talk.srt: was changed after it was written'];
    expect(await statuses(cwd, 'talk.jsonl', ...NARROW)).toEqual([refused]);
    await appendFile(
      join(cwd, 'talk.jsonl'),
      `${JSON.stringify({ ...LINE, begin_time: 9000, end_time: 12_000 })}\n`,
    );
    expect(await statuses(cwd, 'talk.jsonl')).toEqual([refused]);
    expect(await read(cwd, 'talk.srt')).toBe('by hand');
    expect(await statuses(cwd, 'talk.jsonl', '--force')).toEqual([['done']]);
    expect(await read(cwd, 'talk.srt')).toContain(LINE.text);
  });

  it('never takes the output of another transcript for its own', async () => {
    const cwd = await folderWith({ 'a/talk.jsonl': TALK, 'b/talk.jsonl': TALK.replace('He', 'She') });
    await cli(['subtitles', 'a/talk.jsonl', '-o', 'out'], { cwd });
    expect(await statuses(cwd, 'b/talk.jsonl', '-o', 'out')).toEqual([
      ['failed', 'out/talk.srt: was written for ../a/talk.jsonl'],
    ]);
    expect(await read(cwd, 'out', 'talk.srt')).toContain(LINE.text);
  });

  it('works beside a run that uses the same folder, and knows its outputs later', async () => {
    const cwd = await folderWith({ 'talk.jsonl': TALK, '.fun-asr/x': '' });
    const lock = join(cwd, '.fun-asr', 'lock');
    await writeFile(lock, JSON.stringify({ pid: process.pid, host: 'elsewhere', started: 1 }));
    const before = await read(lock);
    expect(await statuses(cwd, 'talk.jsonl')).toEqual([['done']]);
    expect(await read(lock)).toBe(before);
    expect(await statuses(cwd, 'talk.jsonl')).toEqual([['skipped']]);
    expect(await statuses(cwd, 'talk.jsonl', ...NARROW)).toEqual([['done']]);
  });
});

describe('outputs of transcribe', () => {
  /** A folder with a recording that was transcribed, and the number of connections to the service. */
  async function transcribed() {
    const folder = await recordings('a.ogg');
    const { url, clients } = await service({ client: recognise });
    await transcribe(url, { inputs: [folder] });
    const again = async () =>
      (await transcribe(url, { inputs: [folder] })).results.map(({ status }) => status);
    return { folder, clients, again };
  }

  it('are up to date for the same settings, and made again for others', async () => {
    const { folder, clients, again } = await transcribed();
    const before = await read(folder, 'a.srt');
    expect(await statuses(folder, 'a.jsonl')).toEqual([['skipped']]);
    expect(await statuses(folder, 'a.jsonl', '--max-line-width', '10')).toEqual([['done']]);
    expect(await read(folder, 'a.srt')).not.toBe(before);
    expect(await again()).toEqual(['done']);
    expect(await read(folder, 'a.srt')).toBe(before);
    expect(clients).toHaveLength(1);
  });

  it('are made again from a .jsonl that was edited, once for both commands', async () => {
    const { folder, clients, again } = await transcribed();
    const original = await read(folder, 'a.jsonl');
    await writeFile(join(folder, 'a.jsonl'), original.replace('hello there', 'Hello, Therese.'));
    expect(await statuses(folder, 'a.jsonl')).toEqual([['done']]);
    expect(await read(folder, 'a.srt')).toContain('Hello, Therese.');
    expect(await again()).toEqual(['skipped']);
    expect(await statuses(folder, 'a.jsonl')).toEqual([['skipped']]);
    expect(clients).toHaveLength(1);
  });

  it('that were edited stay', async () => {
    const { folder } = await transcribed();
    await writeFile(join(folder, 'a.srt'), 'by hand');
    expect(await statuses(folder, 'a.jsonl', '--max-line-width', '10')).toEqual([
      ['failed', 'a.srt: was changed after it was written'],
    ]);
    expect(await read(folder, 'a.srt')).toBe('by hand');
  });

  it('keep their names beside those with a language', async () => {
    const { folder, again } = await transcribed();
    expect(await statuses(folder, 'a.jsonl', '--language-suffix')).toEqual([['done']]);
    expect(await again()).toEqual(['skipped']);
    expect(await namesIn(folder)).toEqual(['a.en.srt', 'a.jsonl', 'a.ogg', 'a.srt']);
    expect(await statuses(folder, 'a.jsonl', '--language-suffix')).toEqual([['skipped']]);
  });
});
