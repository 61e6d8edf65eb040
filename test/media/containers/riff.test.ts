import { expect, test } from 'vitest';
import { riffChunks, riffForm } from '../../../lib/media/containers/riff.ts';

function chunk(id: string, content: Buffer, size = content.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(id);
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

function riff(form: string, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`${form}\0\0\0\0WAVE`), ...chunks]);
}

test.each([1, 2, 3, 27, 28])('skips the padding byte after a chunk of %i bytes, when it has one', (bytes) => {
  const head = riff('RIFF', chunk('JUNK', Buffer.alloc(bytes)), chunk('fmt ', Buffer.alloc(16)));
  expect([...riffChunks(head)].map(({ id, size }) => [id, size])).toEqual([
    ['JUNK', bytes],
    ['fmt ', 16],
  ]);
});

test('returns the offset of the content', () => {
  const [data] = riffChunks(riff('RIFF', chunk('data', Buffer.from('abcd'))));
  expect(data).toEqual({ id: 'data', offset: 20, size: 4 });
});

test.each([
  ['a chunk of no bytes', chunk('LIST', Buffer.alloc(0)), 0],
  ['a chunk that is longer than what was read', chunk('LIST', Buffer.alloc(10), 0x7fff_ffff), 0x7fff_ffff],
])('ends after %s', (_, last, size) => {
  expect([...riffChunks(riff('RIFF', last))]).toEqual([{ id: 'LIST', offset: 20, size }]);
});

test.each(['RF64', 'BW64'])('reads the size of the data of %s from the ds64 chunk', (form) => {
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(5_000_000_000n, 8);
  const head = riff(form, chunk('ds64', sizes), chunk('data', Buffer.alloc(0), 0xffff_ffff));
  expect([...riffChunks(head)].at(-1)).toMatchObject({ id: 'data', size: 5_000_000_000 });
});

test('keeps a placeholder size when no ds64 chunk gives the real one', () => {
  const head = riff('RIFF', chunk('data', Buffer.alloc(0), 0xffff_ffff));
  expect([...riffChunks(head)]).toMatchObject([{ id: 'data', size: 0xffff_ffff }]);
});

test.each(['OggS', 'RIFF', ''])('finds no chunks in %j', (content) => {
  expect(riffForm(Buffer.from(content))).toBeUndefined();
  expect([...riffChunks(Buffer.from(content))]).toEqual([]);
});
