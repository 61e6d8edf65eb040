import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type StreamedInput, streamedRecording } from '../../../lib/audio/source/streamed-recording.ts';
import { SPEECH } from '../samples.ts';

async function* cut(bytes: Buffer): AsyncGenerator<Buffer, undefined> {
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}

/** Whatever FFmpeg would be given. */
async function* lent({ input, bytes }: StreamedInput): AsyncGenerator<[string, Buffer], void, void> {
  const stdin = new PassThrough();
  void bytes?.feed(stdin);
  yield input.kind === 'file' ? [input.path, await readFile(input.path)] : ['stdin', await buffer(stdin)];
}

test('what needs no seeking is lent as it arrives, from its first byte', async () => {
  const wav = await readFile(SPEECH);
  const { value } = await streamedRecording(cut(wav), lent).next();
  expect(value?.[0]).toBe('stdin');
  expect(value?.[1].equals(wav)).toBe(true);
});

test('what needs seeking is lent as a file, which is gone afterwards', async () => {
  const m4a = await readFile('fixtures/amiable.m4a');
  const seen: string[] = [];
  for await (const [path, content] of streamedRecording(cut(m4a), lent)) {
    expect([existsSync(path), content.equals(m4a)]).toEqual([true, true]);
    seen.push(path);
  }
  expect(seen.map((path) => existsSync(path))).toEqual([false]);
});

test('nothing is lent of an empty stream and of a playlist', async () => {
  await expect(streamedRecording(cut(Buffer.alloc(0)), lent).next()).rejects.toMatchObject({
    code: 'E_BAD_MEDIA',
  });
  await expect(streamedRecording(cut(Buffer.from('#EXTM3U\n')), lent).next()).rejects.toMatchObject({
    code: 'E_PLAYLIST_REFUSED',
  });
});
