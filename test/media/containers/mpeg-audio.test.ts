import { expect, test } from 'vitest';
import { mpegAudioHeader } from '../../../lib/media/containers/mpeg-audio.ts';

// Source: ISO/IEC 11172-3, 13818-3 and 13818-7.
test.each([
  [[0xff, 0xfb, 0x90, 0x44], { codec: 'mp3', sampleRate: 44_100, channels: 2 }],
  [[0xff, 0xf3, 0x48, 0xc4], { codec: 'mp3', sampleRate: 16_000, channels: 1 }],
  [[0xff, 0xe3, 0x48, 0xc4], { codec: 'mp3', sampleRate: 8000, channels: 1 }],
  [[0xff, 0xfd, 0x94, 0x44], { codec: 'mp2', sampleRate: 48_000, channels: 2 }],
  [[0xff, 0xf1, 0x60, 0x40], { codec: 'aac', sampleRate: 16_000, channels: 1 }],
  [[0xff, 0xf9, 0x4c, 0x80], { codec: 'aac', sampleRate: 48_000, channels: 2 }],
  [[0xff, 0xf1, 0x50, 0x00], { codec: 'aac', sampleRate: 44_100, channels: undefined }],
])('reads codec, rate and channels from %j', (bytes, header) => {
  expect(mpegAudioHeader(Buffer.from(bytes))).toEqual(header);
});

test.each([
  ['a reserved version', [0xff, 0xeb, 0x90, 0x44]],
  ['a reserved sample rate', [0xff, 0xfb, 0x9c, 0x44]],
  ['an invalid bit rate', [0xff, 0xfb, 0xf0, 0x44]],
  ['layer I, which is a byte order mark', [0xff, 0xfe, 0x53, 0x00]],
  ['no sync word', [0xff, 0x1b, 0x90, 0x44]],
  ['too few bytes', [0xff, 0xfb, 0x90]],
])('refuses %s', (_, bytes) => {
  expect(mpegAudioHeader(Buffer.from(bytes))).toBeUndefined();
});
