import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probe } from '../../../lib/audio/probe.ts';
import { ffmpeg } from '../../audio/samples.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, jsonLines, Program } from '../run-cli.ts';

async function folderWith(...paths: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of paths) {
    const name = path.split('/').at(-1) ?? '';
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join('fixtures', name), join(folder, path));
  }
  return folder;
}

const files = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

describe('fun-asr convert', () => {
  it('shows its flags and an example of each official conversion', async () => {
    const { exitCode, stdout } = await cli(['convert', '--help']);
    expect(exitCode).toBe(0);
    for (const text of ['--to', '--sample-rate', '--channels', '--bitrate', '--no-copy', '--force', '--json'])
      expect(stdout).toContain(text);
    for (const text of [
      'talk.wav --to mp3',
      'talk.m4a --to aac',
      '--bitrate 256k',
      '--to opus --bitrate 128k',
    ])
      expect(stdout).toContain(text);
  });

  it('converts a folder with its sub-folders, and skips existing outputs', async () => {
    const folder = await folderWith('amiable.m4a', 'day1/leisure.wav');
    const first = await cli(['convert', folder, '--to', 'aac', '-o', join(folder, 'out')]);
    expect(first).toMatchObject({ exitCode: 0, stdout: '' });
    expect(first.stderr).toMatch(/✔ \[\d\/2\] .*amiable\.m4a: 0:06, copied, .* → .*amiable\.aac\n/);
    expect(first.stderr).toMatch(/✔ \[\d\/2\] .*leisure\.wav: 0:07, encoded, /);
    expect(await files(join(folder, 'out'))).toEqual(['amiable.aac', 'day1', 'day1/leisure.aac']);

    const pattern = join(folder, '{*,day1/*}.{m4a,wav}');
    await cli(['convert', pattern, '--to', 'aac', '--no-copy']);
    expect(await files(join(folder, 'day1'))).toEqual(['leisure.aac', 'leisure.wav']);

    const second = await cli(['convert', folder, '--to', 'aac', '-o', join(folder, 'out')]);
    expect(second.exitCode).toBe(0);
    const again = await cli(['convert', join(folder, 'day1'), '--to', 'aac']);
    expect(again).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('0 done, 2 skipped (output exists; use --force to process again)'),
    });
  });

  it('converts flags to options', async () => {
    const folder = await folderWith('ill-disposed.mp3');
    const input = join(folder, 'ill-disposed.mp3');
    await cli(['convert', input, '--to', 'wav', '--sample-rate', '44100', '--channels', '2']);
    expect(await probe(join(folder, 'ill-disposed.wav'))).toMatchObject({ sampleRate: 44_100, channels: 2 });
    await cli(['convert', input, '--to', 'opus', '--bitrate', '32k']);
    expect((await readFile(join(folder, 'ill-disposed.opus'))).length).toBeLessThan(20_000);
    const tooLong = await cli(['convert', input, '--to', 'pcm', '--max-duration', '0.0005']);
    expect(tooLong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('[E_DURATION_LIMIT]') });
  });

  it('prints a JSON result per recording, also for failed ones, and a summary last', async () => {
    const folder = await folderWith('himself.ogg', 'leisure.wav');
    await writeFile(join(folder, 'text.mp3'), 'This is not audio.');
    await cli(['convert', join(folder, 'leisure.wav'), '--to', 'mp3']);
    const inputs = ['himself.ogg', 'leisure.wav', 'text.mp3'].map((name) => join(folder, name));
    const { exitCode, stdout } = await cli(['convert', ...inputs, '--to', 'mp3', '--json', '--force', '-q']);
    expect(exitCode).toBe(1);
    const lines = jsonLines(stdout);
    expect(lines.at(-1)).toMatchObject({ type: 'summary', done: 2, skipped: 0, failed: 1, exitCode: 1 });
    expect(lines.find(({ input }) => input === join(folder, 'himself.ogg'))).toEqual({
      type: 'result',
      input: join(folder, 'himself.ogg'),
      status: 'done',
      outputs: [join(folder, 'himself.mp3')],
      durationMs: expect.any(Number),
      copied: false,
      partial: false,
      warnings: [],
    });
    expect(lines.find(({ status }) => status === 'failed')).toMatchObject({
      input: join(folder, 'text.mp3'),
      outputs: [],
      error: { code: 'E_EXISTS' },
    });
  });

  it('prints one line for each bad recording, and converts the others', async () => {
    const folder = await folderWith('himself.ogg');
    await writeFile(join(folder, 'text.wav'), 'This is not audio.');
    await writeFile(join(folder, 'list.ogg'), '#EXTM3U\n/etc/passwd\n');
    const { exitCode, stderr } = await cli([
      'convert',
      folder,
      join(folder, 'gone.wav'),
      '--to',
      'mp3',
      '-q',
    ]);
    expect(exitCode).toBe(1);
    const errors = stderr.split('\n').filter((line) => line.startsWith('error:'));
    expect(
      errors.map((line) => line.replace(folder, '').replace(/^error: \/(\S+): .*\[(\S+)\]$/, '$1 $2')).sort(),
    ).toEqual(['gone.wav E_READ', 'list.ogg E_PLAYLIST_REFUSED', 'text.wav E_BAD_MEDIA']);
    expect(await files(folder)).toEqual(['himself.mp3', 'himself.ogg', 'list.ogg', 'text.wav']);
  });

  it('writes standard input to standard output, or to stdin.mp3 in an output folder', async () => {
    const input = await readFile('fixtures/amiable.m4a');
    const piped = spawnSync(process.execPath, ['dist/cli/main.js', 'convert', '-', '--to', 'pcm'], { input });
    expect([piped.status, String(piped.stderr)]).toEqual([0, '']);
    const pcm = await ffmpeg('-i', 'fixtures/amiable.m4a', '-f', 's16le', '-');
    expect(Math.abs(piped.stdout.length - pcm.length)).toBeLessThan(4000);

    const folder = await temporaryFolder();
    await cli(['convert', '-', '--to', 'mp3', '-o', folder], { stdin: 'fixtures/amiable.m4a' });
    expect(await files(folder)).toEqual(['stdin.mp3']);

    const refused = await cli(['convert', '-', '--to', 'mp3', '--json'], { stdin: 'fixtures/amiable.m4a' });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('[E_OPTION]') });
  });

  it('stops at once at Ctrl-C and leaves no partial output', async () => {
    const folder = await temporaryFolder();
    await ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono', '-t', '7200', join(folder, 'long.flac'));
    const program = new Program(['convert', folder, '--to', 'opus']);
    await program.shows('[1/1]');
    program.process.kill('SIGINT');
    const { exitCode, stderr } = await program.finished();
    expect(exitCode).toBe(130);
    expect(stderr).not.toContain('error:');
    expect(stderr).toMatch(/0 done, 1 interrupted\nto continue, run: fun-asr convert \S+ --to opus\n$/);
    expect(await files(folder)).toEqual(['long.flac']);
  });
});
