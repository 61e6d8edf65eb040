import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type AudioFormat, FormatCheck } from '../../../lib/recognition/input/format-check.ts';

async function fixture(name: string): Promise<Buffer> {
  return await readFile(new URL(`../../../fixtures/${name}`, import.meta.url));
}

/** What is let through of bytes that come in pieces of some size. */
function through(bytes: Buffer, format: AudioFormat, sampleRate: number, size = 100): Buffer {
  const check = new FormatCheck(format, sampleRate);
  const passed: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) passed.push(check.feed(bytes.subarray(at, at + size)));
  return Buffer.concat([...passed, check.end()]);
}

describe('audio that is what it was declared to be', () => {
  it.each<[string, AudioFormat]>([
    ['leisure.wav', 'wav'],
    ['himself.ogg', 'opus'],
    ['ill-disposed.mp3', 'mp3'],
  ])('goes through unchanged: %s', async (name, format) => {
    const bytes = (await fixture(name)).subarray(0, 10_000);
    for (const size of [1, 100, 20_000])
      expect(through(bytes, format, 16_000, size).equals(bytes)).toBe(true);
  });

  it('is PCM when nothing tells otherwise, and may be shorter than a header', () => {
    const noise = Buffer.from([0xff, 0xfb, 0x90, 0x44, 1, 2]);
    expect(through(noise, 'pcm', 16_000).equals(noise)).toBe(true);
  });
});

describe('the first bytes', () => {
  it('are a copy while they are held back: the giver may write to its buffer', () => {
    const check = new FormatCheck('pcm', 16_000);
    const buffer = Buffer.alloc(100, 7);
    expect(check.feed(buffer)).toHaveLength(0);
    buffer.fill(9);
    expect(check.end().equals(Buffer.alloc(100, 7))).toBe(true);
  });
});

describe('audio that is something else', () => {
  it.each<[string, AudioFormat, number, RegExp, RegExp]>([
    ['leisure.wav', 'mp3', 16_000, /is WAV, not mp3/, /Declare format: 'wav'/],
    ['leisure.wav', 'pcm', 16_000, /is WAV, not pcm/, /Declare format: 'wav'/],
    ['leisure.wav', 'wav', 8000, /has 16000 Hz, declared are 8000 Hz/, /sampleRate: 16000/],
    ['inaugural.webm', 'opus', 16_000, /is WebM or Matroska, not opus/, /does not take that as it is/],
    ['amiable.m4a', 'aac', 16_000, /is MP4 or M4A, not aac/, /does not take that as it is/],
    ['cold-hearted.flac', 'pcm', 16_000, /is FLAC, not pcm/, /decode\(\)/],
    ['SOURCES.tsv', 'wav', 16_000, /is not wav/, /decode\(\)/],
  ])('is refused before anything is sent: %s as %s', async (name, format, sampleRate, message, hint) => {
    const bytes = (await fixture(name)).subarray(0, 2000);
    expect(() => through(bytes, format, sampleRate)).toThrow(
      expect.objectContaining({
        code: 'E_PARAM',
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      }),
    );
  });

  it('is refused when it has two channels', () => {
    const stereo = Buffer.from([0xff, 0xfb, 0x90, 0x44, ...Array<number>(600).fill(0)]);
    expect(() => through(stereo, 'mp3', 44_100)).toThrow('2 channels');
  });
});
