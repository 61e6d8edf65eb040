import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { Replayable } from '../../../lib/audio/source/replayable.ts';

const LIMIT = 1000;

function replayable(...chunks: string[]): Replayable {
  return new Replayable(sourceOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))), LIMIT);
}

function sourceOf(readable: Readable): AsyncIterator<Buffer, undefined> {
  return readable[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
}

async function written(bytes: Replayable): Promise<string> {
  const sink = new PassThrough();
  const [all] = await Promise.all([buffer(sink), bytes.writeTo(sink)]);
  return String(all);
}

test('returns the first bytes, or all of a shorter source', async () => {
  expect(String(await replayable('ab', 'cd', 'ef').head(3))).toBe('abc');
  expect(String(await replayable('ab').head(3))).toBe('ab');
});

test('writes from the beginning each time until it is forgotten', async () => {
  const bytes = replayable('ab', 'cd');
  await bytes.head(1);
  expect(await written(bytes)).toBe('abcd');
  expect(await written(bytes)).toBe('abcd');
});

test('passes the bytes once after forget()', async () => {
  const bytes = replayable('ab', 'cd');
  await bytes.head(1);
  bytes.forget();
  expect(await written(bytes)).toBe('abcd');
  expect(bytes.isWhole).toBe(false);
  expect(await written(bytes)).toBe('');
});

test('keeps no more than the limit', async () => {
  const bytes = replayable('x'.repeat(LIMIT), 'y', 'z');
  expect(bytes.isWhole).toBe(true);
  expect(await written(bytes)).toBe(`${'x'.repeat(LIMIT)}yz`);
  expect(bytes.isWhole).toBe(false);
});

test('leaves a chunk to the next sink when the first is destroyed while it waits', async () => {
  const source = new PassThrough();
  const bytes = new Replayable(sourceOf(source), LIMIT);
  const destroyed = new PassThrough();
  const first = bytes.writeTo(destroyed);
  expect(bytes.isStarving).toBe(true);
  destroyed.destroy();
  bytes.forget();
  const second = written(bytes);
  source.write('ab');
  source.end('cd');
  await first;
  expect(await second).toBe('abcd');
});

test('rejects when the sink fails', async () => {
  const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
  failing.on('error', () => {});
  await expect(replayable('ab').writeTo(failing)).rejects.toThrow('disk full');
});

test('writes the kept bytes without waiting for more', async () => {
  const source = new PassThrough();
  const bytes = new Replayable(sourceOf(source), LIMIT);
  source.write('ab');
  await bytes.head(2);
  const sink = new PassThrough();
  await bytes.writeKeptTo(sink);
  expect(String(await buffer(sink))).toBe('ab');
});
