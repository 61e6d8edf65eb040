import { expect, test } from 'vitest';
import { SAMPLE_FORMATS } from '../../../../lib/media/pcm.ts';
import { decodeArguments } from '../../../../lib/audio/ffmpeg/arguments/decode-arguments.ts';
import { levelArguments, probeArguments } from '../../../../lib/audio/ffmpeg/arguments/inspect-arguments.ts';

const FILE = { kind: 'file', path: '/recordings/a b.mp3' } as const;

test.each([decodeArguments(FILE, { sampleRate: 16_000 }), levelArguments(FILE), probeArguments(FILE)])(
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

test('buffers the output of a file only, because a stream may be live', () => {
  expect(decodeArguments(FILE, { sampleRate: 16_000 })).toContain('-flush_packets');
  expect(decodeArguments({ kind: 'bytes' }, { sampleRate: 16_000 })).not.toContain('-flush_packets');
});

test('decodes all channels of one track, without a guess about their speakers', () => {
  const args = decodeArguments(FILE, { sampleRate: 8000, streamIndex: 2, levelFilter: 'volume=0.5' }).join(
    ' ',
  );
  expect(args).toContain('-guess_layout_max 0');
  expect(args).toContain('-map 0:2');
  expect(args).toContain('-af volume=0.5,aformat=sample_fmts=s16:sample_rates=8000');
  expect(decodeArguments(FILE, { sampleRate: 8000 })).not.toContain('-map');
});

test.each(SAMPLE_FORMATS)('describes raw PCM in %s completely, because it has no header', (format) => {
  const args = decodeArguments(
    { kind: 'pcm', shape: { sampleRate: 48_000, channels: 2, format } },
    { sampleRate: 16_000 },
  );
  expect(args.join(' ')).toContain(`-f ${format} -ar 48000 -ac 2 -i pipe:0`);
});
