import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines } from '../run-cli.ts';

const HIMSELF = join(FIXTURES, 'himself.ogg');

describe('fun-asr probe', () => {
  it('shows codec, rate, channels and duration, and the format to send', async () => {
    const { exitCode, stdout } = await cli([
      'probe',
      join(FIXTURES, 'leisure.wav'),
      join(FIXTURES, 'inaugural.webm'),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/leisure\.wav +wav +pcm_s16le +16000 Hz +1 +0:07 +wav/);
    expect(stdout).toMatch(/inaugural\.webm +\S+ +opus +48000 Hz +2 +0:11 +- +\S/);
  });

  it('prints one JSON object per input with --json, and continues after a failure', async () => {
    const missing = join(await temporaryFolder(), 'missing.mp3');
    const { exitCode, stdout, stderr } = await cli(['probe', missing, HIMSELF, '--json']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('[E_READ]');
    expect(jsonLines(stdout)).toMatchObject([
      { input: missing, error: { code: 'E_READ' } },
      { input: HIMSELF, codec: 'opus', channels: 1, format: 'opus' },
    ]);
  });

  it('says when a file consists of several recordings', async () => {
    const path = join(await temporaryFolder(), 'two.wav');
    const wav = await readFile(join(FIXTURES, 'leisure.wav'));
    await writeFile(path, Buffer.concat([wav, wav]));
    const { stdout } = await cli(['probe', path]);
    expect(stdout).toMatch(/two\.wav +wav .* 0:14 .*\n +2 recordings +appended to each other/);
  });

  it('exits with 2 for standard input', async () => {
    const { exitCode, stderr } = await cli(['probe', '-']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('error: -: probe: cannot read standard input. Save it to a file first. [E_OPTION]\n');
  });
});
