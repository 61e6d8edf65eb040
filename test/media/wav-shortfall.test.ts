import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { wavShortfall } from '../../lib/media/wav-shortfall.ts';
import { SPEECH } from '../audio/samples.ts';

test('a whole WAV lacks nothing, and one that was cut off what was cut', async () => {
  const wav = await readFile(SPEECH);
  const head = wav.subarray(0, 1024);
  expect(wavShortfall(head, wav.length)).toBeUndefined();
  expect(wavShortfall(head, wav.length + 100)).toBeUndefined();
  expect(wavShortfall(head, wav.length - 1000)).toEqual({
    promisedBytes: wav.length - 44,
    presentBytes: wav.length - 1044,
  });
});

test('chunks before the audio are passed over, odd ones too', () => {
  const head = Buffer.from('RIFF____WAVELIST\x03\0\0\0abc\0data\x64\0\0\0', 'latin1');
  expect(wavShortfall(head, head.length + 10)).toEqual({ promisedBytes: 100, presentBytes: 10 });
});

test.each([0xffff_ffff, 0x7fff_ffff, 0x7fff_f000])('the placeholder %i promises nothing', (bytes) => {
  const head = Buffer.from('RIFF____WAVEdata____', 'latin1');
  head.writeUInt32LE(bytes, 16);
  expect(wavShortfall(head, 1000)).toBeUndefined();
});

test('what is no WAV, or has no audio within the head, is not judged', () => {
  expect(wavShortfall(Buffer.from('OggS'), 10)).toBeUndefined();
  expect(wavShortfall(Buffer.from('RIFF____WAVEfmt \x10\0\0\0', 'latin1'), 10)).toBeUndefined();
});
