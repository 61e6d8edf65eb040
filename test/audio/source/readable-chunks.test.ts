import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ReadableChunks } from '../../../lib/audio/source/readable-chunks.ts';

async function all(chunks: ReadableChunks): Promise<string> {
  const read: Buffer[] = [];
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) read.push(next.value);
  return String(Buffer.concat(read));
}

test('reads Buffers, typed arrays and strings', async () => {
  const stream = Readable.from([Buffer.from('ab'), new Uint8Array([99, 100]), 'é']);
  expect(await all(new ReadableChunks(stream))).toBe('abcdé');
});

test('keeps the failure of the stream as the end of its chunks', async () => {
  const stream = new PassThrough();
  const chunks = new ReadableChunks(stream);
  stream.write('ab');
  expect((await chunks.next()).value?.toString()).toBe('ab');
  stream.destroy(new Error('gone'));
  expect(await chunks.next()).toEqual({ value: undefined, done: true });
  expect(chunks.failure).toMatchObject({ message: 'gone' });
});

test('keeps a failure that comes before anything is read', async () => {
  const stream = new PassThrough();
  const chunks = new ReadableChunks(stream);
  stream.destroy(new Error('gone'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(await all(chunks)).toBe('');
  expect(chunks.failure).toMatchObject({ message: 'gone' });
});

test('fails on a chunk that is not bytes', async () => {
  const chunks = new ReadableChunks(Readable.from([{ text: 'ab' }]));
  expect(await all(chunks)).toBe('');
  expect(chunks.failure).toMatchObject({ message: expect.stringContaining('got object') });
});

test('ends a pending read when it is destroyed', async () => {
  const stream = new PassThrough();
  const chunks = new ReadableChunks(stream);
  const next = chunks.next();
  chunks.destroy();
  expect((await next).done).toBe(true);
  expect(stream.destroyed).toBe(true);
});
