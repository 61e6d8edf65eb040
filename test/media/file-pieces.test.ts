import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type FilePiece, filePieces } from '../../lib/media/file-pieces.ts';

const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../fixtures/${name}`, import.meta.url));

function piecesOf(bytes: Buffer): Promise<FilePiece[]> {
  return filePieces((at, length) => Promise.resolve(bytes.subarray(at, at + length)), bytes.length);
}

const WAV = await fixture('leisure.wav');
const M4A = await fixture('amiable.m4a');
const LIST = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');

/** The WAV with this size in the header of its data. */
function stating(size: number): Buffer {
  const bytes = Buffer.from(WAV);
  bytes.writeUInt32LE(size, 40);
  return bytes;
}

test.each([
  ['a WAV', WAV],
  ['a WAV with a chunk after its audio', Buffer.concat([WAV, LIST])],
  ['a WAV whose last chunk is cut off', Buffer.concat([WAV, LIST.subarray(0, 7)])],
  ['a WAV that is cut off', WAV.subarray(0, 5000)],
  ['a WAV that was written to a pipe', stating(0xffff_ffff)],
  ['a WAV with a size of zero', stating(0)],
  ['a WAV with reserved space after its audio', Buffer.concat([WAV, Buffer.alloc(200_000)])],
  ['an M4A', M4A],
  ['an Ogg file', await fixture('himself.ogg')],
  ['a text', Buffer.from('Some text.')],
])('finds one recording in %s', async (_, bytes) => {
  expect(await piecesOf(bytes)).toEqual([{ start: 0, end: bytes.length }]);
});

test('finds audio after the size that the header of a WAV states', async () => {
  expect(await piecesOf(stating(64_000))).toEqual([{ start: 0, end: WAV.length, isStale: true }]);
  const list = Buffer.concat([WAV.subarray(0, 36), LIST, stating(64_000).subarray(36)]);
  expect(await piecesOf(list)).toEqual([{ start: 0, end: list.length, isStale: true }]);
});

test.each([
  ['WAV files', WAV, WAV],
  ['WAV files with chunks between them', Buffer.concat([WAV, LIST]), WAV],
  ['M4A files', M4A, M4A],
])('finds two %s that were appended to each other', async (_, first, second) => {
  expect(await piecesOf(Buffer.concat([first, second]))).toEqual([
    { start: 0, end: first.length },
    { start: first.length, end: first.length + second.length },
  ]);
});

test('finds a WAV after audio of odd size, with and without padding', async () => {
  const odd = Buffer.from(WAV.subarray(0, 44 + 1001));
  odd.writeUInt32LE(1001, 40);
  for (const padding of [0, 1]) {
    const bytes = Buffer.concat([odd, Buffer.alloc(padding), WAV]);
    expect((await piecesOf(bytes)).map(({ start }) => start)).toEqual([0, odd.length + padding]);
  }
});
