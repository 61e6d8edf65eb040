import { expect, test } from 'vitest';
import { SAMPLE_FORMATS } from '../../../../lib/media/pcm.ts';
import { decodeArguments } from '../../../../lib/audio/ffmpeg/arguments/decode-arguments.ts';

const FILE = { kind: 'file', path: '/recordings/a b.mp3' } as const;

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
