import { FunAsrError } from '../../../core/errors.ts';
import { DISK_FULL_HINT } from '../../../core/system/write-error.ts';

interface Failure {
  readonly pattern: RegExp;
  readonly code: 'E_FFMPEG_MISSING' | 'E_DISK_FULL' | 'E_WRITE';
  /** Makes the message from FFmpeg's own, which names the path of a temporary file. */
  readonly reason: (error: string) => string;
  readonly hint: string;
}

/** Errors of FFmpeg that do not concern the input. The first match counts. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /^Unknown encoder|is not a suitable output format/,
    code: 'E_FFMPEG_MISSING',
    reason: (error) => `this FFmpeg cannot write the format: ${error}`,
    hint: 'Install an FFmpeg with all encoders (https://ffmpeg.org/download.html, or: npm install ffmpeg-static).',
  },
  {
    pattern: /No space left on device|Disk quota exceeded/,
    code: 'E_DISK_FULL',
    reason: () => 'the output cannot be written: the disk is full',
    hint: DISK_FULL_HINT,
  },
  {
    pattern: /^Filesize \d+ invalid for wav/,
    code: 'E_WRITE',
    reason: () => 'the output is larger than the 4 GB that a WAV can hold',
    hint: 'Choose a lower sample rate, one channel, or another format.',
  },
  {
    pattern:
      /^(?:av_interleaved_write_frame|Error (?:writing trailer|muxing|submitting a packet to the muxer))/,
    code: 'E_WRITE',
    reason: (error) => `the output cannot be written: ${error.split(': ').at(-1)}`,
    hint: 'Check the disk, or write to another disk.',
  },
];

/**
 * The failure of a conversion that is not caused by its input: FFmpeg lacks an encoder, or cannot write.
 * @param name The input, for the message.
 */
export function outputFailure(name: string, errors: readonly string[]): FunAsrError | undefined {
  for (const { pattern, code, reason, hint } of FAILURES) {
    const error = errors.find((line) => pattern.test(line));
    if (error !== undefined) return new FunAsrError(code, `${name}: ${reason(error.trim())}`, { hint });
  }
  return undefined;
}
