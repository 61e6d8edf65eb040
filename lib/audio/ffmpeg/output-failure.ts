import { FunAsrError } from '../../core/errors.ts';
import { DISK_FULL_HINT } from '../../core/write-error.ts';

interface Failure {
  readonly pattern: RegExp;
  readonly code: 'E_FFMPEG_MISSING' | 'E_DISK_FULL' | 'E_WRITE';
  /** What happened, out of the complaint; FFmpeg names a path in it that nobody has heard of. */
  readonly reason: (complaint: string) => string;
  readonly hint: string;
}

/** What FFmpeg complains of when the fault is not with the input. The first that fits counts. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /^Unknown encoder|is not a suitable output format/,
    code: 'E_FFMPEG_MISSING',
    reason: (complaint) => `this FFmpeg cannot write the format: ${complaint}`,
    hint: 'Install one with all encoders (https://ffmpeg.org/download.html, or: npm install ffmpeg-static).',
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
    hint: 'Ask for a lower sample rate, for one channel, or for another format.',
  },
  {
    pattern:
      /^(?:av_interleaved_write_frame|Error (?:writing trailer|muxing|submitting a packet to the muxer))/,
    code: 'E_WRITE',
    reason: (complaint) => `the output cannot be written: ${complaint.split(': ').at(-1)}`,
    hint: 'Check the disk, or write to another one.',
  },
];

/**
 * The failure of a conversion of which the input is innocent: FFmpeg lacks an encoder, or could not write.
 * @param name The input, for the message.
 */
export function outputFailure(name: string, complaints: readonly string[]): FunAsrError | undefined {
  for (const { pattern, code, reason, hint } of FAILURES) {
    const complaint = complaints.find((line) => pattern.test(line));
    if (complaint !== undefined)
      return new FunAsrError(code, `${name}: ${reason(complaint.trim())}`, { hint });
  }
  return undefined;
}
