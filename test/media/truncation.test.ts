import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { TAIL_BYTES, truncationOf } from '../../lib/media/truncation.ts';

const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url));

function ofFile(bytes: Buffer, fileBytes = bytes.length): ReturnType<typeof truncationOf> {
  return truncationOf(bytes.subarray(0, 1024), bytes.subarray(-TAIL_BYTES), fileBytes);
}

test.each(['himself.ogg', 'leisure.wav', 'ill-disposed.mp3'])('finds none in %s', async (name) => {
  expect(ofFile(await fixture(name))).toBeUndefined();
});

test('finds that an Ogg file was cut off between two pages, or within one', async () => {
  const ogg = await fixture('himself.ogg');
  expect(ofFile(ogg.subarray(0, ogg.lastIndexOf('OggS')))).toEqual({ kind: 'no last page' });
  expect(ofFile(ogg.subarray(0, 7000))).toEqual({ kind: 'no last page' });
});

test('counts the bytes that a WAV file has, and those that its header states', async () => {
  const wav = await fixture('leisure.wav');
  expect(ofFile(wav.subarray(0, 100_044))).toEqual({
    kind: 'missing bytes',
    statedBytes: 227_200,
    presentBytes: 100_000,
  });
});

test('finds none in a WAV file that has more bytes than its header states', async () => {
  const wav = await fixture('leisure.wav');
  expect(ofFile(wav, wav.length + 100)).toBeUndefined();
});

test('finds the data of a WAV file after a chunk of odd size', () => {
  const head = Buffer.from('RIFF____WAVELIST\x03\0\0\0abc\0data\x64\0\0\0', 'latin1');
  expect(ofFile(head, head.length + 10)).toMatchObject({ statedBytes: 100, presentBytes: 10 });
});

test('finds that an RF64 file was cut off', () => {
  const head = Buffer.alloc(56);
  head.write('RF64____WAVEds64');
  head.writeUInt32LE(28, 16);
  head.writeBigUInt64LE(6_000_000_000n, 28);
  head.write('data\xff\xff\xff\xff', 48, 'latin1');
  expect(ofFile(head, 1056)).toMatchObject({ statedBytes: 6_000_000_000, presentBytes: 1000 });
});
