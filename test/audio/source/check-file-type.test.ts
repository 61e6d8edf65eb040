import { expect, test } from 'vitest';
import { checkFileType } from '../../../lib/audio/source/check-file-type.ts';

test('refuses a playlist by its first bytes, and names its type', () => {
  expect(() => checkFileType(Buffer.from('#EXTM3U\n'), 'x.mp3')).toThrow(
    expect.objectContaining({
      code: 'E_PLAYLIST_REFUSED',
      message: 'x.mp3: this is a playlist (M3U playlist), not a recording',
    }),
  );
});

test('returns the type of media, and nothing for unknown content', () => {
  expect(checkFileType(Buffer.from('fLaC'), 'x.flac')).toMatchObject({ name: 'FLAC' });
  expect(checkFileType(Buffer.alloc(0), 'x.mp3')).toBeUndefined();
});

test.each(['These are notes.\n', 'naïve 会議の記録\r\n', '{"a": 1}'])('refuses text: %j', (text) => {
  expect(() => checkFileType(Buffer.from(text), 'notes.mp3')).toThrow(
    'notes.mp3: contains no audio: it is a text file',
  );
});

test('refuses text whose last character is cut off', () => {
  expect(() => checkFileType(Buffer.from('会議').subarray(0, 5), 'a.mp3')).toThrow('it is a text file');
});

test.each([Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('abc\0def'), Buffer.alloc(0)])(
  'leaves other unknown bytes to FFmpeg (%#)',
  (bytes) => expect(checkFileType(bytes, 'a.raw')).toBeUndefined(),
);
