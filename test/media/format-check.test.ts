import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { AudioFormat } from '../../lib/media/audio-format.ts';
import { fileTypeOf } from '../../lib/media/file-type.ts';
import { FormatCheck } from '../../lib/media/format-check.ts';

async function fixture(name: string): Promise<Buffer> {
  return await readFile(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** Feeds bytes in pieces of some size. @returns What the check lets through. */
function check(bytes: Buffer, format: AudioFormat, sampleRate: number, size = 100): Buffer {
  const formatCheck = new FormatCheck(format, sampleRate);
  const passed: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size)
    passed.push(formatCheck.feed(bytes.subarray(at, at + size)));
  return Buffer.concat([...passed, formatCheck.end()]);
}

/** The head of a stereo WAV at 44.1 kHz with a chunk of odd size before its format. */
function wavAfterOddChunk(): Buffer {
  const format = 'fmt \x10\0\0\0\x01\0\x02\0\x44\xac\0\0\x10\xb1\x02\0\x04\0\x10\0';
  const junk = `JUNK\x1b\0\0\0${'\0'.repeat(28)}`;
  return Buffer.from(`RIFF\0\0\0\0WAVE${junk}${format}data\0\0\0\0`, 'latin1');
}

describe('audio in its declared format', () => {
  it.each<[string, AudioFormat]>([
    ['leisure.wav', 'wav'],
    ['himself.ogg', 'opus'],
    ['ill-disposed.mp3', 'mp3'],
  ])('passes unchanged: %s', async (name, format) => {
    const bytes = (await fixture(name)).subarray(0, 10_000);
    for (const size of [1, 100, 20_000]) expect(check(bytes, format, 16_000, size).equals(bytes)).toBe(true);
  });

  it('passes as PCM when it only may be something else, and when it is shorter than a header', () => {
    const noise = Buffer.from([0xff, 0xfb, 0x90, 0x44, 1, 2]);
    expect(check(noise, 'pcm', 16_000).equals(noise)).toBe(true);
  });

  it('passes as PCM when it is a tone, whose samples repeat as the packets of a transport stream do', () => {
    const pcm = Buffer.alloc(2000);
    for (let at = 0; at < pcm.length; at += 2) {
      const noise = at % 5 === 0 ? 1 : 0;
      pcm.writeInt16LE(Math.round(0x47_80 * Math.sin((Math.PI * at) / 16)) + noise, at);
    }
    expect(fileTypeOf(pcm)?.name).toBe('MPEG transport stream');
    expect(check(pcm, 'pcm', 16_000).equals(pcm)).toBe(true);
  });

  it('is copied while it is held back, so that the caller may reuse its buffer', () => {
    const formatCheck = new FormatCheck('pcm', 16_000);
    const buffer = Buffer.alloc(100, 7);
    expect(formatCheck.feed(buffer)).toHaveLength(0);
    buffer.fill(9);
    expect(formatCheck.end().equals(Buffer.alloc(100, 7))).toBe(true);
  });
});

describe('audio in another format', () => {
  it.each<[string, AudioFormat, number, RegExp, RegExp]>([
    ['leisure.wav', 'mp3', 16_000, /is WAV, not mp3/, /Declare format: 'wav'/],
    ['leisure.wav', 'pcm', 16_000, /is WAV, not pcm/, /Declare format: 'wav'/],
    ['leisure.wav', 'wav', 8000, /is 16000 Hz, not 8000 Hz as declared/, /sampleRate: 16000/],
    ['inaugural.webm', 'opus', 16_000, /is WebM or Matroska, not opus/, /does not accept that undecoded/],
    ['amiable.m4a', 'aac', 16_000, /is MP4 or M4A, not aac/, /does not accept that undecoded/],
    ['cold-hearted.flac', 'pcm', 16_000, /is FLAC, not pcm/, /decode\(\)/],
    ['SOURCES.tsv', 'wav', 16_000, /is not wav/, /decode\(\)/],
  ])('is refused before anything is sent: %s as %s', async (name, format, sampleRate, message, hint) => {
    const bytes = (await fixture(name)).subarray(0, 2000);
    expect(() => check(bytes, format, sampleRate)).toThrow(
      expect.objectContaining({
        code: 'E_PARAM',
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      }),
    );
  });

  it('is refused when it has two channels', () => {
    const stereo = Buffer.from([0xff, 0xfb, 0x90, 0x44, ...Array<number>(1200).fill(0)]);
    expect(() => check(stereo, 'mp3', 44_100)).toThrow('2 channels');
  });

  it('is refused when a chunk of odd size precedes the format of a stereo WAV', () => {
    expect(() => check(wavAfterOddChunk(), 'wav', 44_100)).toThrow('2 channels');
  });
});
