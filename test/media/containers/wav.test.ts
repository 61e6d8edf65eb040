import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { wavData, wavFormat } from '../../../lib/media/containers/wav.ts';
import { SPEECH } from '../../audio/samples.ts';

test('reads format and data of a real file', async () => {
  const head = (await readFile(SPEECH)).subarray(0, 1024);
  expect(wavFormat(head)).toEqual({
    isPcm16: true,
    sampleRate: 16_000,
    channels: 1,
    channelMask: 0,
  });
  expect(wavData(head)).toEqual({ offset: 44, bytes: 227_200 });
});

test('reads the codec of an extensible format from its extension', () => {
  const head = Buffer.alloc(60);
  head.write('RIFF\0\0\0\0WAVEfmt ');
  head.writeUInt32LE(40, 16);
  head.writeUInt16LE(0xfffe, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(48_000, 24);
  head.writeUInt16LE(16, 34);
  head.writeUInt16LE(1, 44);
  expect(wavFormat(head)).toEqual({
    isPcm16: true,
    sampleRate: 48_000,
    channels: 2,
    channelMask: 0,
  });
  head.writeUInt16LE(3, 44);
  expect(wavFormat(head)?.isPcm16).toBe(false);
});

test.each([0xffff_ffff, 0x7fff_ffff, 0x7fff_f000])('treats a size of %i as a placeholder', (bytes) => {
  const head = Buffer.from('RIFF____WAVEdata____', 'latin1');
  head.writeUInt32LE(bytes, 16);
  expect(wavData(head)).toBeUndefined();
});

test.each(['OggS', 'RIFF____AVI LIST', 'RIFF____WAVEfmt \x10\0\0\0', ''])(
  'finds nothing in %j',
  (content) => {
    const head = Buffer.from(content, 'latin1');
    expect([wavFormat(head), wavData(head)]).toEqual([undefined, undefined]);
  },
);
