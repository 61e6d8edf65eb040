import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fileTypeOf } from '../../lib/media/file-type.ts';

async function fixture(name: string): Promise<Buffer> {
  return (await readFile(new URL(`../../fixtures/${name}`, import.meta.url))).subarray(0, 4096);
}

/** A WAV header with these values in its `fmt ` chunk, and a `JUNK` chunk of some length before it. */
function wav(tag: number, channels: number, sampleRate: number, bits: number, junkBytes = 4): Buffer {
  const junk = Buffer.alloc(8 + junkBytes + (junkBytes % 2));
  junk.write('JUNK');
  junk.writeUInt32LE(junkBytes, 4);
  const format = Buffer.alloc(24);
  format.write('fmt ');
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(tag, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(sampleRate, 12);
  format.writeUInt16LE(bits, 22);
  return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), junk, format]);
}

/** The first page of an Ogg stream that contains this packet. */
function ogg(packet: Buffer): Buffer {
  const page = Buffer.alloc(28);
  page.write('OggS', 0);
  page[26] = 1;
  page[27] = packet.length;
  return Buffer.concat([page, packet]);
}

function speex(sampleRate: number, channels: number): Buffer {
  const packet = Buffer.alloc(80);
  packet.write('Speex   ', 0);
  packet.writeUInt32LE(sampleRate, 36);
  packet.writeUInt32LE(channels, 48);
  return ogg(packet);
}

describe('a real recording', () => {
  it.each([
    ['leisure.wav', { format: 'wav', sampleRate: 16_000, channels: 1 }],
    ['himself.ogg', { format: 'opus', channels: 1 }],
    ['ill-disposed.mp3', { format: 'mp3' }],
    ['cold-hearted.flac', { name: 'FLAC' }],
    ['amiable.m4a', { name: 'MP4 or M4A', needsSeeking: true }],
    ['inaugural.webm', { name: 'WebM or Matroska' }],
  ])('%s is identified by its first bytes', async (name, type) => {
    expect(fileTypeOf(await fixture(name))).toMatchObject({ kind: 'media', ...type });
  });
});

describe('a header', () => {
  it.each([
    ['WAV with 16-bit PCM', wav(1, 1, 8000, 16), { format: 'wav', sampleRate: 8000, channels: 1 }],
    ['WAV with 24-bit PCM', wav(1, 2, 48_000, 24), { format: undefined, channels: 2 }],
    ['WAV with A-law', wav(6, 1, 8000, 8), { format: undefined, name: 'WAV without 16-bit PCM' }],
    ['Speex', speex(16_000, 1), { format: 'speex', sampleRate: 16_000, channels: 1 }],
    ['Vorbis', ogg(Buffer.from('\x01vorbis and more')), { name: 'Vorbis in Ogg' }],
    ['AMR-NB', Buffer.from('#!AMR\n....'), { format: 'amr', sampleRate: 8000 }],
    ['AMR-WB', Buffer.from('#!AMR-WB\n.'), { name: 'AMR-WB' }],
    // Source: ISO/IEC 13818-7, ADTS: profile 1, index 8 (16 kHz), one channel.
    [
      'AAC in ADTS',
      Buffer.from([0xff, 0xf1, 0x60, 0x40, 0, 0, 0]),
      { format: 'aac', sampleRate: 16_000, channels: 1, guess: 'header' },
    ],
    // Source: ISO/IEC 11172-3 and 13818-3: MPEG 1 and 2, layer III.
    [
      'MP3 at 44.1 kHz',
      Buffer.from([0xff, 0xfb, 0x90, 0x44]),
      { format: 'mp3', sampleRate: 44_100, channels: 2, guess: 'header' },
    ],
    [
      'MP3 at 16 kHz',
      Buffer.from([0xff, 0xf3, 0x48, 0xc4]),
      { format: 'mp3', sampleRate: 16_000, channels: 1 },
    ],
    ['MP3 with a tag', Buffer.from('ID3\x04\0'), { format: 'mp3' }],
    ['Windows Media', Buffer.from('3026b2758e66cf11', 'hex'), { name: 'Windows Media' }],
  ])('of %s is identified', (_, head, type) => {
    expect(fileTypeOf(head)).toMatchObject({ kind: 'media', ...type });
  });

  it.each([
    ['MP2', Buffer.from([0xff, 0xfd, 0x90, 0x44])],
    ['WAV with A-law', wav(6, 1, 8000, 8)],
    [
      'RF64',
      Buffer.from('RF64____WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0', 'latin1'),
    ],
    ['FLAC', Buffer.from('fLaC')],
  ])('of %s is not a format that the service accepts', (_, head) => {
    expect(fileTypeOf(head)).toMatchObject({ kind: 'media' });
    expect(fileTypeOf(head)?.format).toBeUndefined();
  });

  it.each([3, 4, 27, 101])(
    'of WAV shows rate and channels after another chunk of %i bytes, which is padded when it is odd',
    (junkBytes) => {
      expect(fileTypeOf(wav(1, 2, 44_100, 16, junkBytes))).toMatchObject({
        sampleRate: 44_100,
        channels: 2,
      });
    },
  );
});

describe('content without a known header', () => {
  it.each([
    ['silence', Buffer.alloc(512)],
    ['quiet noise', Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 0])],
    ['text', Buffer.from('once upon a time')],
    ['text in UTF-16', Buffer.from('\ufeffSome text', 'utf16le')],
    ['a JPEG picture', Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF', 'latin1')],
    ['an empty file', Buffer.alloc(0)],
    ['a header that was cut off', Buffer.from('OggS')],
    ['an IFF file without audio', Buffer.from('FORM____ILBM')],
  ])('has no type: %s', (_, head) => {
    expect(fileTypeOf(head)).toBeUndefined();
  });
});

describe('a playlist', () => {
  it.each([
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
  ])('is identified: %j', (content) => {
    expect(fileTypeOf(Buffer.from(content))).toMatchObject({ kind: 'playlist' });
  });

  it.each(['RIFF\0\0\0\0WAVE', 'ID3\x03 #EXTM3U', 'just a text'])('is not assumed in %j', (content) => {
    expect(fileTypeOf(Buffer.from(content, 'latin1'))?.kind).not.toBe('playlist');
  });
});

describe('a container', () => {
  it.each([
    '\0\0\0\x20ftypM4A ',
    '\0\0\0\x08wide\0\0\0\0mdat',
    '\0\0\x10\0moov',
    'FORM\0\0\0\0AIFF',
    'caff\0\x01',
    'RIFF\0\0\0\0AVI LIST',
  ])('whose index may follow the audio needs seeking: %j', (content) => {
    expect(fileTypeOf(Buffer.from(content, 'latin1'))?.needsSeeking).toBe(true);
  });

  it.each(['RIFF\0\0\0\0WAVEfmt ', 'ID3\x03\0\0\0\0', 'fLaC', 'OggS', '#!AMR\n', ''])(
    'that is a sequence of frames does not: %j',
    (content) => {
      expect(fileTypeOf(Buffer.from(content, 'latin1'))?.needsSeeking).toBeUndefined();
    },
  );

  it('of pictures is not media', () => {
    expect(fileTypeOf(Buffer.from('\0\0\0\x18ftypheic'))).toMatchObject({ kind: 'picture' });
  });

  it('without a type box is only a guess, because text may contain the same letters', () => {
    expect(fileTypeOf(Buffer.from('The wide road'))).toMatchObject({ guess: 'box' });
  });
});
