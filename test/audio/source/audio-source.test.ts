import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import {
  type AudioSource,
  audioInput,
  withSource,
  withStreamSource,
} from '../../../lib/audio/source/audio-source.ts';
import { SPEECH } from '../samples.ts';

const NEVER = new AbortController().signal;

/** The WAV as FFmpeg gets it in a stream: with an unknown size, so that it reads all of the audio. */
function withoutSize(wav: Buffer): Buffer {
  const bytes = Buffer.from(wav);
  bytes.writeUInt32LE(0, 40);
  return bytes;
}

async function* cut(bytes: Buffer): AsyncGenerator<Buffer, undefined> {
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}

/** Where FFmpeg would read a source, and what it would get. */
async function* read({ input, bytes }: AudioSource): AsyncGenerator<[string, Buffer], string, void> {
  const stdin = new PassThrough();
  void bytes?.writeTo(stdin);
  yield input.kind === 'file' ? [input.path, await readFile(input.path)] : ['stdin', await buffer(stdin)];
  return 'done';
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

test('passes a stream that needs no seeking to FFmpeg as it arrives, from its first byte', async () => {
  const wav = await readFile(SPEECH);
  const { value } = await withStreamSource(cut(wav), read).next();
  expect(value).toEqual(['stdin', withoutSize(wav)]);
});

test('copies a stream that needs seeking to a file, and removes the file afterwards', async () => {
  const m4a = await readFile('fixtures/amiable.m4a');
  const seen: string[] = [];
  for await (const [path, content] of withStreamSource(cut(m4a), read)) {
    expect([existsSync(path), content.equals(m4a)]).toEqual([true, true]);
    seen.push(path);
  }
  expect(seen.map((path) => existsSync(path))).toEqual([false]);
});

test('refuses an empty stream and a playlist', async () => {
  for (const [content, code] of [
    ['', 'E_BAD_MEDIA'],
    ['#EXTM3U\n', 'E_PLAYLIST_REFUSED'],
  ] as const) {
    const source = withStreamSource(cut(Buffer.from(content)), read);
    await expect(source.next()).rejects.toMatchObject({ code });
  }
});

test('opens a path, and the same bytes as a stream, and returns what their use returns', async () => {
  const wav = await readFile(SPEECH);
  for (const [input, place, content] of [
    [SPEECH, resolve(SPEECH), wav],
    [Readable.from(cut(wav)), 'stdin', withoutSize(wav)],
  ] as const) {
    const source = withSource(audioInput(input), NEVER, read);
    const { value } = await source.next();
    expect(value).toEqual([place, content]);
    expect(await source.next()).toEqual({ value: 'done', done: true });
  }
});

test('emits the bytes before a failure of the stream, then fails with E_READ', async () => {
  const wav = await readFile(SPEECH);
  const failing = Readable.from(
    (async function* () {
      yield* cut(wav);
      throw new Error('connection lost');
    })(),
  );
  const source = withSource(audioInput(failing), NEVER, read);
  expect((await source.next()).value).toEqual(['stdin', withoutSize(wav)]);
  await expect(source.next()).rejects.toMatchObject({
    code: 'E_READ',
    message: 'the input stream failed: connection lost',
  });
});

test('reports the failure of the stream when its use fails as a consequence', async () => {
  const failing = new PassThrough();
  failing.write('RIFF');
  const source = all(
    withSource(audioInput(failing), NEVER, async function* () {
      yield await Promise.reject(new Error('consequence'));
    }),
  );
  failing.destroy(new Error('cause'));
  await expect(source).rejects.toMatchObject({ code: 'E_READ', cause: { message: 'cause' } });
});

test('destroys a stream at the end, after a failure, and when the consumer breaks', async () => {
  const wav = await readFile(SPEECH);
  const streams = [0, 1, 2].map(() => Readable.from(cut(wav)));
  const [ended, failed, broken] = streams.map((stream) => audioInput(stream));
  await all(withSource(ended ?? '', NEVER, read));
  const failing = withSource(failed ?? '', NEVER, async function* () {
    yield await Promise.reject(new Error('broken'));
  });
  await expect(all(failing)).rejects.toThrow('broken');
  for await (const _ of withSource(broken ?? '', NEVER, read)) break;
  expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
});

test('ends with an AbortError while it waits for a stream, and before it reads an aborted one', async () => {
  const abort = new AbortController();
  const waiting = new PassThrough();
  const source = all(withSource(audioInput(waiting), abort.signal, read));
  abort.abort('a reason of the caller');
  await expect(source).rejects.toMatchObject({ name: 'AbortError', cause: 'a reason of the caller' });
  const unread = new PassThrough();
  await expect(all(withSource(audioInput(unread), abort.signal, read))).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect([waiting.destroyed, unread.destroyed]).toEqual([true, true]);
});
