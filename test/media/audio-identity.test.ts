import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { identifyAudio } from '../../lib/media/audio-identity.ts';

async function fixture(name: string): Promise<Buffer> {
  return (await readFile(new URL(`../../fixtures/${name}`, import.meta.url))).subarray(0, 4096);
}

/** A WAV header with these values in its `fmt ` chunk, and another chunk before it. */
function wav(tag: number, channels: number, sampleRate: number, bits: number): Buffer {
  const head = Buffer.alloc(64);
  head.write('RIFF', 0);
  head.write('WAVEJUNK', 8);
  head.writeUInt32LE(4, 16);
  head.write('fmt ', 24);
  head.writeUInt32LE(16, 28);
  head.writeUInt16LE(tag, 32);
  head.writeUInt16LE(channels, 34);
  head.writeUInt32LE(sampleRate, 36);
  head.writeUInt16LE(bits, 46);
  return head;
}

/** The first page of an Ogg stream with this packet in it. */
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

describe('the first bytes of a real recording', () => {
  it.each([
    ['leisure.wav', { format: 'wav', sampleRate: 16_000, channels: 1 }],
    ['himself.ogg', { format: 'opus', channels: 1 }],
    ['ill-disposed.mp3', { format: 'mp3' }],
    ['cold-hearted.flac', { name: 'FLAC', format: undefined }],
    ['amiable.m4a', { name: 'MP4 or M4A', format: undefined }],
    ['inaugural.webm', { name: 'WebM or Matroska', format: undefined }],
  ])('tell what %s is', async (name, identity) => {
    expect(identifyAudio(await fixture(name))).toMatchObject(identity);
  });
});

describe('a header', () => {
  it.each([
    ['WAV of 16 bits', wav(1, 1, 8000, 16), { format: 'wav', sampleRate: 8000, channels: 1 }],
    ['WAV of 24 bits', wav(1, 2, 48_000, 24), { format: undefined, channels: 2 }],
    ['WAV with A-law inside', wav(6, 1, 8000, 8), { format: undefined }],
    ['Speex', speex(16_000, 1), { format: 'speex', sampleRate: 16_000, channels: 1 }],
    ['Vorbis', ogg(Buffer.from('\x01vorbis and more')), { name: 'Vorbis in Ogg', format: undefined }],
    ['AMR-NB', Buffer.from('#!AMR\n....'), { format: 'amr', sampleRate: 8000 }],
    ['AMR-WB', Buffer.from('#!AMR-WB\n.'), { name: 'AMR-WB', format: undefined }],
    // Source: ISO/IEC 13818-7, ADTS: profile 1, index 8 (16 kHz), one channel.
    [
      'AAC in ADTS',
      Buffer.from([0xff, 0xf1, 0x60, 0x40, 0, 0, 0]),
      { format: 'aac', sampleRate: 16_000, channels: 1 },
    ],
    // Source: ISO/IEC 11172-3 and 13818-3: MPEG 1 and 2, layer III.
    [
      'MP3 of 44.1 kHz',
      Buffer.from([0xff, 0xfb, 0x90, 0x44]),
      { format: 'mp3', sampleRate: 44_100, channels: 2 },
    ],
    [
      'MP3 of 16 kHz',
      Buffer.from([0xff, 0xf3, 0x48, 0xc4]),
      { format: 'mp3', sampleRate: 16_000, channels: 1 },
    ],
    ['MP3 with a tag', Buffer.from('ID3\x04\0'), { format: 'mp3' }],
    ['MP2', Buffer.from([0xff, 0xfd, 0x90, 0x44]), { name: 'MPEG audio that is no MP3', format: undefined }],
  ])('tells %s', (_, head, identity) => {
    expect(identifyAudio(head)).toMatchObject(identity);
  });

  it.each([
    ['silence', Buffer.alloc(512)],
    ['a soft noise', Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 0])],
    ['text', Buffer.from('once upon a time')],
    ['nothing', Buffer.alloc(0)],
    ['a header cut off', Buffer.from('OggS')],
  ])('is none in %s', (_, head) => {
    expect(identifyAudio(head)).toBeUndefined();
  });
});
