import { expect, test } from 'vitest';
import { checkEncoding, isEncodedAs, mayCopy } from '../../../lib/audio/ffmpeg/encoding.ts';

const AAC = { streamIndex: 0, codec: 'aac', sampleRate: 44_100, channels: 2, isDefault: true };

test.each([
  [
    { to: 'opus', sampleRate: 44_100 },
    'sampleRate must be one of 8000, 12000, 16000, 24000, 48000 Hz for opus, got 44100',
  ],
  [{ to: 'mp3', sampleRate: 96_000 }, /sampleRate must be one of 8000, .*, 48000 Hz for mp3/],
  [{ to: 'wav', bitrate: 64_000 }, 'bitrate has no meaning for wav'],
  [{ to: 'opus', bitrate: 320_000 }, 'bitrate must be at most 256000 bits per second for opus, got 320000'],
] as const)('refuses %j', (options, message) => {
  expect(() => checkEncoding('convert', options)).toThrow(message);
});

test.each([
  { to: 'pcm', sampleRate: 3600 },
  { to: 'wav', sampleRate: 96_000 },
  { to: 'aac', sampleRate: 96_000, bitrate: 512_000 },
  { to: 'mp3', sampleRate: 44_100, bitrate: 320_000 },
] as const)('accepts %j', (options) => {
  expect(() => checkEncoding('convert', options)).not.toThrow();
});

test('recognises a track that is in the requested encoding already', () => {
  expect(isEncodedAs({ to: 'aac' }, AAC)).toBe(true);
  expect(isEncodedAs({ to: 'aac', sampleRate: 44_100, channels: 2 }, AAC)).toBe(true);
  expect(isEncodedAs({ to: 'aac', channels: 1 }, AAC)).toBe(false);
  expect(isEncodedAs({ to: 'aac', sampleRate: 16_000 }, AAC)).toBe(false);
  expect(isEncodedAs({ to: 'mp3' }, AAC)).toBe(false);
});

test('does not consider copying when audio must be encoded, or is encoded without loss', () => {
  expect(mayCopy({ to: 'aac' })).toBe(true);
  expect(mayCopy({ to: 'aac', bitrate: 256_000 })).toBe(false);
  expect(mayCopy({ to: 'aac', copy: false })).toBe(false);
  expect(mayCopy({ to: 'wav' })).toBe(false);
});
