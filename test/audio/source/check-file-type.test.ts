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
  expect(checkFileType(Buffer.from('just a text'), 'x.txt')).toBeUndefined();
  expect(checkFileType(Buffer.alloc(0), 'x.mp3')).toBeUndefined();
});
