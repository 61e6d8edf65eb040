import { expect, test } from 'vitest';
import { convertArguments } from '../../../../lib/audio/ffmpeg/arguments/convert-arguments.ts';
import type { EncodingOptions } from '../../../../lib/audio/ffmpeg/encoding.ts';

const FILE = { kind: 'file', path: '/recordings/a b.mp3' } as const;

const line = (encoding: EncodingOptions): string =>
  convertArguments({ input: FILE, encoding, isCopy: false }).join(' ');

test('opens the input as for decoding: with one protocol, in known containers', () => {
  const args = convertArguments({ input: FILE, encoding: { to: 'mp3' }, isCopy: false });
  expect(args.slice(args.indexOf('-protocol_whitelist'), args.indexOf('-i') + 2)).toEqual([
    '-protocol_whitelist',
    'file',
    '-format_whitelist',
    expect.stringMatching(/^wav,/),
    '-i',
    'file:/recordings/a b.mp3',
  ]);
});

test.each([
  [{ to: 'pcm' }, '-c:a pcm_s16le -ar 16000 -ac 1 -f s16le pipe:1'],
  [{ to: 'pcm', sampleRate: 8000, channels: 2 }, '-c:a pcm_s16le -ar 8000 -ac 2 -f s16le pipe:1'],
  [{ to: 'wav' }, '-c:a pcm_s16le -f wav -map_metadata -1 -bitexact pipe:1'],
  [{ to: 'mp3' }, '-c:a libmp3lame -q:a 0 -f mp3 pipe:1'],
  [{ to: 'mp3', bitrate: 192_000 }, '-c:a libmp3lame -b:a 192000 -f mp3 pipe:1'],
  [{ to: 'aac', sampleRate: 44_100 }, '-c:a aac -ar 44100 -f adts pipe:1'],
  [{ to: 'opus', channels: 2 }, '-c:a libopus -ac 2 -f opus pipe:1'],
] as const)('%j', (encoding, expected) => {
  expect(line(encoding).slice(line(encoding).indexOf('-c:a'))).toBe(expected);
});

test('copies without any other option of the encoder', () => {
  const args = convertArguments({ input: FILE, encoding: { to: 'aac', sampleRate: 16_000 }, isCopy: true });
  expect(args.join(' ')).toContain('-vn -sn -dn -c:a copy -f adts');
});

test('lets FFmpeg write a file itself, and report its progress to stdout', () => {
  const args = convertArguments({
    input: FILE,
    encoding: { to: 'mp3' },
    isCopy: false,
    path: '/out/-a b.mp3',
  });
  expect(args.at(-1)).toBe('file:/out/-a b.mp3');
  expect(args.join(' ')).toContain('-progress pipe:1 -y');
  expect(line({ to: 'mp3' })).not.toContain('-progress');
});

test('stops FFmpeg at the given time', () => {
  const args = convertArguments({ input: FILE, encoding: { to: 'mp3' }, isCopy: false, endMs: 1500 });
  expect(args.join(' ')).toContain('-t 1.5 ');
});
