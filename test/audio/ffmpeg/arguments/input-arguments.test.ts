import { expect, test } from 'vitest';
import { decodeArguments } from '../../../../lib/audio/ffmpeg/arguments/decode-arguments.ts';
import { probeArguments } from '../../../../lib/audio/ffmpeg/arguments/inspect-arguments.ts';

const FILE = { kind: 'file', path: '/recordings/a b.mp3' } as const;

test.each([decodeArguments(FILE, { sampleRate: 16_000 }), probeArguments(FILE)])(
  'opens a file only with the file protocol, and only known containers (%#)',
  (...args) => {
    const input = args.slice(0, args.indexOf('-i') + 2);
    expect(input.slice(-6)).toEqual([
      '-protocol_whitelist',
      'file',
      '-format_whitelist',
      expect.stringMatching(/^wav,/),
      '-i',
      'file:/recordings/a b.mp3',
    ]);
    expect(args).toContain('-nostdin');
  },
);

test('permits no container that refers to other files or lacks a magic number', () => {
  const containers = decodeArguments(FILE, { sampleRate: 16_000 })[
    decodeArguments(FILE, { sampleRate: 16_000 }).indexOf('-format_whitelist') + 1
  ]?.split(',');
  for (const refused of [
    'hls',
    'concat',
    'dash',
    'sdp',
    'rtsp',
    'image2',
    's16le',
    'alaw',
    'g722',
    'gsm',
    'amrnb',
  ])
    expect(containers).not.toContain(refused);
});

test('gives a stream no access to files', () => {
  const args = decodeArguments({ kind: 'bytes' }, { sampleRate: 16_000 });
  expect(args[args.indexOf('-protocol_whitelist') + 1]).toBe('pipe');
  expect(args).toContain('pipe:0');
});
