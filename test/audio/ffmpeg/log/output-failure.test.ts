import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { convertInto } from '../../../../lib/audio/convert-into.ts';
import { outputFailure } from '../../../../lib/audio/ffmpeg/log/output-failure.ts';
import { SPEECH } from '../../samples.ts';

test.each([
  [
    "Unknown encoder 'libmp3lame'",
    'E_FFMPEG_MISSING',
    "this FFmpeg cannot write the format: Unknown encoder 'libmp3lame'",
  ],
  [
    'Error writing trailer of file:/a/b.part: No space left on device',
    'E_DISK_FULL',
    'the output cannot be written: the disk is full',
  ],
  [
    'Filesize 4294967340 invalid for wav, output file will be broken',
    'E_WRITE',
    'the output is larger than the 4 GB that a WAV can hold',
  ],
  [
    'av_interleaved_write_frame(): Input/output error',
    'E_WRITE',
    'the output cannot be written: Input/output error',
  ],
  [
    'Error submitting a packet to the muxer: File too large',
    'E_WRITE',
    'the output cannot be written: File too large',
  ],
])('%s', (error, code, reason) => {
  expect(outputFailure('a.wav', ['Header missing', error])).toMatchObject({
    code,
    message: `a.wav: ${reason}`,
  });
});

test('does not mistake an error of the input for a failure of the output', () => {
  expect(
    outputFailure('a.wav', ['Header missing', 'Invalid data found when processing input']),
  ).toBeUndefined();
});

test.runIf(existsSync('/dev/full'))(
  'recognises the message of FFmpeg for a full disk in every format',
  async () => {
    for (const to of ['pcm', 'wav', 'mp3', 'aac', 'opus'] as const) {
      await expect(convertInto(SPEECH, '/dev/full', { to })).rejects.toMatchObject({ code: 'E_DISK_FULL' });
    }
  },
);
