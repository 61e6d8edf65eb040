import { expect, test } from 'vitest';
import { needsSeeking, refusePlaylist } from '../../lib/media/sniff.ts';

test.each([
  '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n',
  '\ufeff#EXTM3U\n',
  '\r\n  #extm3u\n',
  "ffconcat version 1.0\nfile '/etc/passwd'\n",
  '[playlist]\nFile1=http://example.org/\n',
  '<?xml version="1.0"?>\n<!-- a -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">',
  '<MPD>',
  'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n',
  'v=0\no=- 0 0 IN IP4 127.0.0.1\n',
  'RTSPtextRTSP://example.org/a.mov',
  '[Reference]\nRef1=http://example.org/',
  '<smil><body/></smil>',
  '<ASX version="3.0">',
  '<asx version="3.0">',
  '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/">',
])('%j is refused as a playlist', (text) => {
  expect(() => refusePlaylist(Buffer.from(text), 'x.mp3')).toThrow(
    expect.objectContaining({
      code: 'E_PLAYLIST_REFUSED',
      message: expect.stringMatching(/^x\.mp3: it is a/),
    }),
  );
});

test.each(['RIFF\0\0\0\0WAVE', 'ID3\x03 #EXTM3U', 'OggS', 'just a text', ''])(
  '%j is left to FFmpeg',
  (text) => {
    expect(() => refusePlaylist(Buffer.from(text, 'latin1'), 'x.mp3')).not.toThrow();
  },
);

test.each([
  ['\0\0\0\x20ftypM4A ', true],
  ['\0\0\0\x08wide\0\0\0\0mdat', true],
  ['\0\0\x10\0moov', true],
  ['FORM\0\0\0\0AIFF', true],
  ['caff\0\x01', true],
  ['RIFF\0\0\0\0AVI LIST', true],
  ['RIFF\0\0\0\0WAVEfmt ', false],
  ['ID3\x03\0\0\0\0', false],
  ['fLaC', false],
  ['OggS', false],
  ['#!AMR\n', false],
  ['', false],
])('%j needs seeking: %s', (text, expected) => {
  expect(needsSeeking(Buffer.from(text, 'latin1'))).toBe(expected);
});
