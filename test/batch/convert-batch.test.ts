import { createReadStream, utimesSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probe } from '../../lib/audio/probe.ts';
import { convertBatch, type ConvertBatchOptions } from '../../lib/batch/convert-batch.ts';
import type { ConversionResult } from '../../lib/batch/recording/convert-recording.ts';
import { ENCODER } from '../audio/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A folder with copies of fixtures, under some names. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, fixture] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(join('fixtures', fixture), join(folder, name));
  }
  return folder;
}

async function convert(options: Omit<ConvertBatchOptions, 'onEvent'>) {
  const results: ConversionResult[] = [];
  const warnings: string[] = [];
  const report = await convertBatch({
    ...options,
    onEvent(event) {
      if (event.type === 'result') results.push(event.detail);
      if (event.type === 'warning') warnings.push(event.detail.code);
    },
  });
  const statusOf = (input: string) => results.find((result) => result.input === input)?.status;
  return { report, results, warnings: warnings.filter((code) => code !== 'W_OLD_FFMPEG'), statusOf };
}

const files = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

describe('a run', () => {
  it('converts a folder with its sub-folders, and leaves no other files', async () => {
    const folder = await folderWith({ 'a.wav': 'leisure.wav', 'day1/b.m4a': 'amiable.m4a' });
    const { report, results } = await convert({ inputs: [folder], conversion: { to: 'aac' } });
    expect(report).toMatchObject({ done: 2, skipped: 0, failed: 0, untried: 0 });
    expect(await files(folder)).toEqual(['a.aac', 'a.wav', 'day1', 'day1/b.aac', 'day1/b.m4a']);
    expect(new Map(results.map(({ outputs, copied }) => [outputs[0], copied]))).toEqual(
      new Map([
        [join(folder, 'a.aac'), false],
        [join(folder, 'day1/b.aac'), true],
      ]),
    );
    expect(results.every(({ durationMs }) => Number.isInteger(durationMs) && durationMs > 5000)).toBe(true);
    expect(await probe(join(folder, 'day1/b.aac'))).toMatchObject({ container: 'aac', format: 'aac' });
  });

  it('keeps sub-folders below an output folder', async () => {
    const folder = await folderWith({ 'talks/a.wav': 'leisure.wav', 'talks/day1/b.ogg': 'himself.ogg' });
    const outputDir = join(folder, 'out');
    await convert({ inputs: [join(folder, 'talks')], outputDir, conversion: { to: 'mp3' } });
    expect(await files(outputDir)).toEqual(['a.mp3', 'day1', 'day1/b.mp3']);
  });

  it('keeps outputs that exist, unless force is set', async () => {
    const folder = await folderWith({ 'a.wav': 'leisure.wav' });
    const [input, output] = [join(folder, 'a.wav'), join(folder, 'a.mp3')];
    await writeFile(output, 'mine');
    const first = await convert({ inputs: [input], conversion: { to: 'mp3' } });
    expect(first.results).toMatchObject([{ input, status: 'skipped', outputs: [output] }]);
    expect(await readFile(output, 'utf8')).toBe('mine');
    const second = await convert({ inputs: [input], conversion: { to: 'mp3' }, force: true });
    expect(second.statusOf(input)).toBe('done');
    expect((await probe(output)).codec).toBe('mp3');
  });

  it('changes nothing in a second run, although its outputs are among the inputs', async () => {
    const folder = await folderWith({ 'a.wav': 'leisure.wav', 'b.ogg': 'himself.ogg' });
    await convert({ inputs: [folder], conversion: { to: 'mp3' } });
    const before = await files(folder);
    const { report } = await convert({ inputs: [folder], conversion: { to: 'mp3' } });
    expect(report).toMatchObject({ done: 0, skipped: 4, failed: 0 });
    expect(await files(folder)).toEqual(before);
    const forced = await convert({ inputs: [folder], conversion: { to: 'mp3' }, force: true });
    expect(forced.report).toMatchObject({ done: 2, skipped: 2, failed: 0 });
    expect(await files(folder)).toEqual(before);
  });

  it('never converts a recording into itself: one that is named fails, one that is found is kept with a warning', async () => {
    const folder = await folderWith({ 'a.wav': 'leisure.wav' });
    const input = join(folder, 'a.wav');
    const conversion = { to: 'wav', sampleRate: 8000 } as const;
    const named = await convert({ inputs: [input], conversion, force: true });
    expect(named.results).toMatchObject([{ status: 'failed', error: { code: 'E_EXISTS' } }]);
    const found = await convert({ inputs: [folder], conversion, force: true });
    expect([found.statusOf(input), found.warnings]).toEqual(['skipped', ['W_OPTION']]);
    expect(await readFile(input)).toEqual(await readFile('fixtures/leisure.wav'));
  });

  it('converts the valid recordings, and reports the others, which leave no files', async () => {
    const folder = await folderWith({ 'good.wav': 'leisure.wav' });
    await writeFile(join(folder, 'letters.ogg'), 'no sounds but letters');
    await writeFile(join(folder, 'empty.flac'), '');
    await writeFile(join(folder, 'list.mp4'), '#EXTM3U\n/etc/passwd\n');
    const gone = join(folder, 'gone', 'gone.wav');
    const { report, results } = await convert({ inputs: [folder, gone], conversion: { to: 'mp3' } });
    expect(report).toMatchObject({ done: 1, failed: 4 });
    expect(results.flatMap(({ error }) => (error ? [error.code] : [])).sort()).toEqual([
      'E_BAD_MEDIA',
      'E_BAD_MEDIA',
      'E_PLAYLIST_REFUSED',
      'E_READ',
    ]);
    expect(await files(folder)).toEqual(['empty.flac', 'good.mp3', 'good.wav', 'letters.ogg', 'list.mp4']);
  });

  it('reads standard input into an output folder, with true lengths in the header', async () => {
    const folder = await temporaryFolder();
    const stdin = createReadStream('fixtures/amiable.m4a');
    await convert({ inputs: ['-'], outputDir: folder, stdin, conversion: { to: 'wav' } });
    expect(await files(folder)).toEqual(['stdin.wav']);
    expect((await readFile(join(folder, 'stdin.wav'))).readUInt32LE(40)).toBe(
      (await stat(join(folder, 'stdin.wav'))).size - 44,
    );
  });

  it('warns about a recording that is truncated', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.wav'), (await readFile('fixtures/leisure.wav')).subarray(0, 100_000));
    const { results, warnings } = await convert({ inputs: [folder], conversion: { to: 'mp3' } });
    expect(results).toMatchObject([{ status: 'done', partial: true, warnings: [{ code: 'W_TRUNCATED' }] }]);
    expect(warnings).toEqual(['W_TRUNCATED']);
  });

  it('leaves no output of a recording that changes while it is read', async () => {
    const folder = await folderWith({ 'a.wav': 'leisure.wav' });
    const results: ConversionResult[] = [];
    await convertBatch({
      inputs: [folder],
      conversion: { to: 'mp3' },
      onEvent(event) {
        if (event.type === 'progress') utimesSync(join(folder, 'a.wav'), 0, 0);
        if (event.type === 'result') results.push(event.detail);
      },
    });
    expect(results).toMatchObject([{ status: 'failed', error: { code: 'E_CHANGED' } }]);
    expect(await files(folder)).toEqual(['a.wav']);
  });

  it('stops at an error that all others would share', async () => {
    const folder = await folderWith({
      'a.wav': 'leisure.wav',
      'b.wav': 'leisure.wav',
      'c.wav': 'leisure.wav',
    });
    // Behaves like an FFmpeg that was built without LAME.
    const ffmpegPath = join(folder, 'ffmpeg');
    const script = `#!/bin/bash\nexec ${ENCODER} "\${@/libmp3lame/none}"\n`;
    await writeFile(ffmpegPath, script, { mode: 0o755 });
    const conversion = { to: 'mp3', ffmpegPath } as const;
    const { report } = await convert({ inputs: [folder], conversion, concurrency: 1 });
    expect(report).toMatchObject({ failed: 1, untried: 2, stoppedBy: { code: 'E_FFMPEG_MISSING' } });
    expect(report.stoppedBy?.message).toContain("Unknown encoder 'none'");
  });

  it('stops at a full disk, and reports it once', async () => {
    const folder = await folderWith({
      'a.wav': 'leisure.wav',
      'b.wav': 'leisure.wav',
      'c.wav': 'leisure.wav',
    });
    // An FFmpeg that reports a full disk for the first recording, while the second one is being converted.
    const ffmpegPath = join(folder, 'ffmpeg');
    const begun = join(folder, 'begun');
    const script = `#!/bin/sh
case "$*" in
*a.wav*.part*) while [ ! -e '${begun}' ]; do sleep 0.05; done
  echo '[error] Error writing trailer of file: No space left on device' >&2; exit 1 ;;
*b.wav*.part*) touch '${begun}'; exec sleep 60 ;;
*) exec '${ENCODER}' "$@" ;;
esac
`;
    await writeFile(ffmpegPath, script, { mode: 0o755 });
    const conversion = { to: 'mp3', ffmpegPath } as const;
    const { report, results } = await convert({ inputs: [folder], conversion, concurrency: 2 });
    expect(report).toMatchObject({ done: 0, failed: 1, untried: 2, stoppedBy: { code: 'E_DISK_FULL' } });
    expect(results.map(({ input, error }) => [input, error?.code, error?.hint])).toEqual([
      [join(folder, 'a.wav'), 'E_DISK_FULL', expect.stringMatching(/^Free some space/)],
    ]);
    expect(await files(folder)).toEqual(['a.wav', 'b.wav', 'begun', 'c.wav', 'ffmpeg']);
  });

  it('begins nothing when it is aborted already, and nothing in a folder that another run uses', async () => {
    const folder = await folderWith({ 'a.wav': 'leisure.wav', 'b.wav': 'leisure.wav' });
    const conversion = { to: 'mp3' } as const;
    const stopped = { ...conversion, signal: AbortSignal.abort() };
    expect((await convert({ inputs: [folder], conversion: stopped })).report).toMatchObject({ untried: 2 });
    await mkdir(join(folder, '.fun-asr'));
    await writeFile(
      join(folder, '.fun-asr/lock'),
      JSON.stringify({ pid: 1, host: 'elsewhere', started: '' }),
    );
    const { results } = await convert({ inputs: [folder], conversion });
    expect(results.map(({ error }) => error?.code)).toEqual(['E_LOCKED', 'E_LOCKED']);
  });

  it('refuses options before it looks for recordings', async () => {
    const conversion = { to: 'opus', sampleRate: 44_100 } as const;
    await expect(convert({ inputs: ['/gone'], conversion })).rejects.toMatchObject({ code: 'E_OPTION' });
    await expect(
      convert({ inputs: [await temporaryFolder()], conversion: { to: 'mp3' } }),
    ).rejects.toMatchObject({
      code: 'E_NOTHING',
    });
  });
});
