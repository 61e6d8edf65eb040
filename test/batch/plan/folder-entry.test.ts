import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { examineEntry } from '../../../lib/batch/plan/folder-entry.ts';
import { decodeFile } from '../../../lib/audio/decode-file.ts';
import { drain, sample } from '../../audio/samples.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FIXTURES = new URL('../../../fixtures/', import.meta.url).pathname;

it('recognises real recordings by their content when their names have no extension', async () => {
  const folder = await temporaryFolder();
  const recordings = (await readdir(FIXTURES)).filter((name) => /\.(m4a|flac|ogg|mp3|webm|wav)$/.test(name));
  const unknown: string[] = [];
  for (const [index, name] of recordings.entries()) {
    const path = join(folder, String(index));
    await copyFile(join(FIXTURES, name), path);
    if ((await examineEntry(path)).kind !== 'recording') unknown.push(name);
  }
  expect(recordings.length).toBeGreaterThan(5);
  expect(unknown).toEqual([]);
});

it('recognises a recording by its extension alone', async () => {
  expect(await examineEntry('/nowhere/talk.M4A')).toEqual({ kind: 'recording' });
});

it.each([
  ['text', 'Some text.'],
  ['nothing', ''],
  ['a JPEG picture', '\xff\xd8\xff\xe0\0\x10JFIF'],
  ['a HEIF picture', '\0\0\0\x18ftypheic'],
  ['text in UTF-16', '\xff\xfeS\0o\0'],
  ['text with the letters of a QuickTime box', 'The wide road'],
  ['a playlist', '#EXTM3U\n'],
])('ignores %s', async (_, content) => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, content, 'latin1');
  expect(await examineEntry(path)).toEqual({ kind: 'other' });
});

it.each([
  ['lecture.ts', '-c:a aac -f mpegts'],
  ['VTS_01_1', '-f lavfi -i testsrc=s=352x288:r=25:d=3 -map 0:a -map 1:v -ar 48000 -f vob'],
  ['disc', '-c:a ac3 -ar 48000 -f mpegts -mpegts_m2ts_mode 1'],
  ['take', '-c:a wavpack -f wv'],
  [
    'tape',
    '-f lavfi -i testsrc=s=720x576:r=25:d=7 -map 1:v -map 0:a -ar 48000 -b:v 2M -c:v mpeg2video -c:a pcm_s16le -f mxf',
  ],
  ['clip', '-c:a libmp3lame -ar 44100 -f flv'],
  ['wave64', '-f w64'],
  ['voice', '-c:a pcm_u8 -f voc'],
  ['true', '-c:a tta -f tta'],
])('recognises %s by its content', async (name, args) => {
  const path = await sample(await temporaryFolder(), name, args);
  expect(await examineEntry(path)).toEqual({ kind: 'recording' });
  const { pcm } = await drain(decodeFile(path));
  expect(Math.abs(pcm.length / 32_000 - 7.1)).toBeLessThan(0.2);
});

it('recognises a transport stream that begins within a packet', async () => {
  const path = await sample(await temporaryFolder(), 'lecture.ts', '-c:a aac -f mpegts');
  await writeFile(path, (await readFile(path)).subarray(77));
  expect(await examineEntry(path)).toEqual({ kind: 'recording' });
});

it('ignores TypeScript, and a constant signal', async () => {
  const folder = await temporaryFolder();
  const source = await readFile(new URL(import.meta.url));
  for (const content of [
    source,
    Buffer.alloc(4000, 'G'),
    Buffer.from('Greek Gods and Goddesses. '.repeat(100)),
  ]) {
    await writeFile(join(folder, 'a.ts'), content);
    expect(await examineEntry(join(folder, 'a.ts'))).toEqual({ kind: 'other' });
  }
});

it.each([
  ['old.rm', '-c:a ac3 -f rm', 'RealMedia'],
  ['x.sox', '-f sox', 'SoX'],
  ['x.wtv', '-f wtv', 'WTV (Windows recorded television)'],
  ['x.nut', '-f nut', 'NUT'],
])('names the format of %s, which is not decoded', async (name, args, format) => {
  const path = await sample(await temporaryFolder(), name, args);
  expect(await examineEntry(path)).toEqual({ kind: 'unsupported', format });
  await expect(drain(decodeFile(path))).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
    message: `${path}: not a format that this program accepts: ${format}`,
    hint: 'Convert it to WAV or MP3 first.',
  });
});

it.each([
  ['\x02#!SILK_V3', 'SILK (WeChat, QQ)'],
  ['#!SILK_V3', 'SILK (WeChat, QQ)'],
  ['\x02dss', 'DSS (dictation)'],
  ['\x03ds2', 'DSS (dictation)'],
  ['.ra\xfd\0\x04', 'RealAudio'],
])(
  'names the format of a recording that begins with %j, whatever its extension is',
  async (begin, format) => {
    const path = join(await temporaryFolder(), 'voice.amr');
    await writeFile(path, Buffer.concat([Buffer.from(begin, 'latin1'), Buffer.alloc(2000, 17)]));
    expect(await examineEntry(path)).toEqual({ kind: 'unsupported', format });
  },
);

it('ignores a file that cannot be read', async () => {
  expect(await examineEntry('/nowhere/file')).toEqual({ kind: 'other' });
});
