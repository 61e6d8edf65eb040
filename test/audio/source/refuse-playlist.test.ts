import { expect, test } from 'vitest';
import { refusePlaylist } from '../../../lib/audio/source/refuse-playlist.ts';

test('refuses a playlist by its first bytes, and names its type', () => {
  expect(() => refusePlaylist(Buffer.from('#EXTM3U\n'), 'x.mp3')).toThrow(
    expect.objectContaining({
      code: 'E_PLAYLIST_REFUSED',
      message: 'x.mp3: this is a playlist (M3U playlist), not a recording',
    }),
  );
});

test.each(['RIFF\0\0\0\0WAVE', 'just a text', ''])('leaves %j to FFmpeg', (content) => {
  expect(() => refusePlaylist(Buffer.from(content, 'latin1'), 'x.mp3')).not.toThrow();
});
