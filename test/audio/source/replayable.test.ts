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

async function fed(bytes: Replayable): Promise<string> {
  const sink = new PassThrough();
  const [all] = await Promise.all([buffer(sink), bytes.feed(sink)]);
  return String(all);
}

test('the head is what was asked for, or all there is', async () => {
  expect(String(await replayable('ab', 'cd', 'ef').head(3))).toBe('abc');
  expect(String(await replayable('ab').head(3))).toBe('ab');
});

test('each feed starts from the beginning until it is forgotten', async () => {
  const bytes = replayable('ab', 'cd');
  await bytes.head(1);
  expect(await fed(bytes)).toBe('abcd');
  expect(await fed(bytes)).toBe('abcd');
});

test('what is forgotten goes through once', async () => {
  const bytes = replayable('ab', 'cd');
  await bytes.head(1);
  bytes.forget();
  expect(await fed(bytes)).toBe('abcd');
  expect(bytes.isWhole).toBe(false);
  expect(await fed(bytes)).toBe('');
});

test('more than the limit is not kept', async () => {
  const bytes = replayable('x'.repeat(LIMIT), 'y', 'z');
  expect(bytes.isWhole).toBe(true);
  expect(await fed(bytes)).toBe(`${'x'.repeat(LIMIT)}yz`);
  expect(bytes.isWhole).toBe(false);
});

test('a sink that died while it waited takes nothing away from its successor', async () => {
  const source = new PassThrough();
  const bytes = new Replayable(sourceOf(source), LIMIT);
  const dead = new PassThrough();
  const first = bytes.feed(dead);
  expect(bytes.isStarving).toBe(true);
  dead.destroy();
  bytes.forget();
  const second = fed(bytes);
  source.write('ab');
  source.end('cd');
  await first;
  expect(await second).toBe('abcd');
});

test('a sink that fails rejects', async () => {
  const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
  failing.on('error', () => {});
  await expect(replayable('ab').feed(failing)).rejects.toThrow('disk full');
});

test('what was kept can be fed without waiting for more', async () => {
  const source = new PassThrough();
  const bytes = new Replayable(sourceOf(source), LIMIT);
  source.write('ab');
  await bytes.head(2);
  const sink = new PassThrough();
  await bytes.feedKept(sink);
  expect(String(await buffer(sink))).toBe('ab');
});
