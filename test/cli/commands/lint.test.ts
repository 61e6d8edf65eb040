import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { srtFile, vttFile } from '../../subtitles/check/subtitle-text.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, jsonLines } from '../run-cli.ts';

const OVERLAP = srtFile([1000, 3000, 'One.'], [2500, 4000, 'Two.']);
const REPAIRED = srtFile([1000, 2417, 'One.'], [2500, 4000, 'Two.']);
const SHORT = vttFile([1000, 1500, 'One.']);

/** A folder with files. */
async function folderWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

describe('fun-asr lint', () => {
  it('prints one line per finding and the counts, and exits with 1 for an error', async () => {
    const cwd = await folderWith({ 'a.srt': OVERLAP, 'b.vtt': SHORT });
    const { exitCode, stdout, stderr } = await cli(['lint', 'a.srt', 'b.vtt'], { cwd });
    expect(stdout.split('\n')).toEqual([
      'a.srt:2: cue 1: overlap: ends 500 ms after the start of the next cue',
      'b.vtt:3: cue 1: min-duration: stays 500 ms, must be at least 833 ms',
      '2 files, 3 cues, 1 error, 1 warning',
      '',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(1);
  });

  it('exits with 0 for warnings, and with 1 for them in strict mode', async () => {
    const cwd = await folderWith({ 'b.vtt': SHORT });
    expect((await cli(['lint', 'b.vtt'], { cwd })).exitCode).toBe(0);
    expect((await cli(['lint', 'b.vtt', '--strict'], { cwd })).exitCode).toBe(1);
  });

  it.each([
    ['--bom', '--bom: only --fix writes files. Add --fix.'],
    ['--newline=crlf', '--newline: only --fix writes files. Add --fix.'],
    ['--karaoke', "unknown option '--karaoke'"],
    [
      '--min-cue-duration=9000',
      '--min-cue-duration: must not be above the greatest duration of a cue, 7000 ms',
    ],
  ])('refuses %s, which would have no effect', async (flag, message) => {
    const cwd = await folderWith({ 'b.vtt': SHORT });
    const { exitCode, stdout, stderr } = await cli(['lint', 'b.vtt', flag], { cwd });
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('finds line breaks in Japanese phrases in any encoding', async () => {
    const text = srtFile([1000, 7000, '今日は天気\nがとても良かったです']);
    const cwd = await folderWith({ 'a.srt': text, 'b.srt': Buffer.from(`\ufeff${text}`, 'utf16le') });
    const { stdout } = await cli(['lint', 'b.srt', 'a.srt'], { cwd });
    expect(stdout.match(/^[ab]\.srt:3: cue 1: bad-break/gm)).toHaveLength(2);
  });

  it('prints JSON objects with --json', async () => {
    const cwd = await folderWith({ 'a.srt': OVERLAP });
    const { stdout } = await cli(['lint', 'a.srt', '--json'], { cwd });
    const message = 'ends 500 ms after the start of the next cue';
    const place = { type: 'finding', file: 'a.srt', line: 2, cue: 1 };
    expect(jsonLines(stdout)).toEqual([
      { ...place, rule: 'overlap', severity: 'error', value: 3000, limit: 2500, message },
      { type: 'summary', files: 1, cues: 2, errors: 1, warnings: 0, exitCode: 1 },
    ]);
  });

  it('uses the profile, the language and the limits of the flags', async () => {
    const cwd = await folderWith({ 'a.srt': srtFile([1000, 1900, 'Twenty two characters!']) });
    const rules = async (...flags: string[]) =>
      jsonLines((await cli(['lint', 'a.srt', '--json', ...flags], { cwd })).stdout)
        .slice(0, -1)
        .map(({ rule, limit }) => [rule, limit]);
    expect(await rules('--profile', 'bbc')).toEqual([['cps', 17]]);
    expect(await rules('--language', 'ko')).toEqual([['cps', 12]]);
    expect(await rules('--max-cps', '30', '--max-line-width', '20')).toEqual([['line-width', 20]]);
    expect(await rules('--max-cps', '30', '--min-cue-duration', '1000')).toEqual([['min-duration', 1000]]);
  });

  it.each([
    ['another kind of file', ['a.txt']],
    ['an unknown profile', ['a.srt', '--profile', 'cinema']],
    ['a limit that is not a number', ['a.srt', '--max-cps', 'fast']],
    ['--output-dir without --fix', ['a.srt', '-o', 'out']],
    ['two inputs with one output', ['a.srt', 'sub/a.srt', '--fix', '-o', 'out']],
    ['no file', []],
  ])('exits with 2 for %s', async (_, args) => {
    const cwd = await folderWith({ 'a.srt': OVERLAP, 'a.txt': OVERLAP });
    const { exitCode, stdout, stderr } = await cli(['lint', ...args], { cwd });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('error:');
  });

  it('reports a file that cannot be read, and checks the others', async () => {
    const cwd = await folderWith({ 'b.vtt': SHORT });
    const { exitCode, stdout, stderr } = await cli(['lint', 'missing.srt', 'b.vtt', '--json'], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: missing\.srt: .*\[E_READ\]\n$/);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ files: 1, errors: 0, warnings: 1, exitCode: 1 });
  });
});

describe('fun-asr lint --fix', () => {
  it('repairs in place, and reports what is left', async () => {
    const cwd = await folderWith({ 'a.srt': OVERLAP });
    await chmod(join(cwd, 'a.srt'), 0o640);
    const { exitCode, stdout } = await cli(['lint', 'a.srt', '--fix'], { cwd });
    expect(stdout).toBe('1 file, 2 cues, 0 errors, 0 warnings, 1 repaired\n');
    expect(exitCode).toBe(0);
    expect(await readFile(join(cwd, 'a.srt'), 'utf8')).toBe(REPAIRED);
    expect((await stat(join(cwd, 'a.srt'))).mode & 0o777).toBe(0o640);
    expect(await readdir(cwd)).toEqual(['a.srt']);
  });

  it('does not write a file that needs no repair', async () => {
    const cwd = await folderWith({ 'a.srt': REPAIRED });
    const before = await stat(join(cwd, 'a.srt'));
    await cli(['lint', 'a.srt', '--fix'], { cwd });
    expect(await stat(join(cwd, 'a.srt'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it('writes all files to the folder of -o, and keeps the inputs', async () => {
    const cwd = await folderWith({ 'a.srt': OVERLAP, 'b.srt': REPAIRED });
    await cli(['lint', 'a.srt', 'b.srt', '--fix', '-o', 'out/fixed'], { cwd });
    expect(await readFile(join(cwd, 'a.srt'), 'utf8')).toBe(OVERLAP);
    expect(await readFile(join(cwd, 'out/fixed/a.srt'), 'utf8')).toBe(REPAIRED);
    expect(await readFile(join(cwd, 'out/fixed/b.srt'), 'utf8')).toBe(REPAIRED);
  });

  it('leaves a file with errors that cannot be repaired, and reports them', async () => {
    const broken = `${OVERLAP}Lost.\n`;
    const cwd = await folderWith({ 'a.srt': broken });
    const { exitCode, stdout, stderr } = await cli(['lint', 'a.srt', '--fix'], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('a.srt:9: syntax: text outside a cue');
    expect(stderr).toContain('a.srt: not repaired');
    expect(await readFile(join(cwd, 'a.srt'), 'utf8')).toBe(broken);
  });

  it('repairs the file that a link names', async () => {
    const cwd = await folderWith({});
    await mkdir(join(cwd, 'real'));
    await writeFile(join(cwd, 'real/a.srt'), OVERLAP);
    await symlink('real/a.srt', join(cwd, 'a.srt'));
    await cli(['lint', 'a.srt', '--fix'], { cwd });
    expect(await readFile(join(cwd, 'real/a.srt'), 'utf8')).toBe(REPAIRED);
    expect(await readdir(cwd, { withFileTypes: true })).toMatchObject([{ name: 'a.srt' }, { name: 'real' }]);
  });
});
