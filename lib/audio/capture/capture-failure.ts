import { FunAsrError } from '../../core/errors.ts';
import { formatSeconds } from '../../core/seconds.ts';
import type { CaptureSource } from './capture-arguments.ts';
import type { Ffmpeg } from '../ffmpeg/find-ffmpeg.ts';

/** A source that gave no sound, and the error of FFmpeg. */
export interface FailedCapture {
  readonly source: CaptureSource;
  /** Error message of FFmpeg. */
  readonly reason: string;
}

interface Cause {
  /** Matches the error message of FFmpeg. */
  readonly pattern: RegExp;
  /** A clearer message. @default the message of FFmpeg */
  readonly reason?: (ffmpeg: Ffmpeg) => string;
  readonly hint: string;
}

/** The first cause that matches gives the hint: the one that the user can correct most easily comes first. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /permi(ssion|tted)|denied|authorized/i,
    hint: 'Allow this program to use the microphone in the privacy settings of the system. On Linux without a sound server, join the group audio.',
  },
  { pattern: /busy/i, hint: 'Close the program that uses the device, or choose another device.' },
  {
    // A missing driver has no options, and FFmpeg reads options first.
    pattern: /unknown input format|unrecognized option/i,
    reason: ({ version, source }) => `this FFmpeg (${version}, ${source}) does not have this driver`,
    hint: "Install the system's own FFmpeg, which usually has it, and set FFMPEG_PATH to its path.",
  },
  {
    pattern: /no such process/i,
    reason: () => 'no sound server is running',
    hint: 'Connect a microphone and start the sound server, or choose a device: `fun-asr live --list-devices` lists them.',
  },
];

const HINT = 'Connect a microphone, or choose a device: `fun-asr live --list-devices` lists them.';

/** The error when no source gave any sound. */
export function captureFailure(failed: readonly FailedCapture[], ffmpeg: Ffmpeg): FunAsrError {
  const tried = failed.map(({ source: { driver, device }, reason }) => {
    const meaning = CAUSES.find(({ pattern }) => pattern.test(reason))?.reason?.(ffmpeg);
    return `${driver} ${device}: ${meaning ?? withoutDevice(reason, device)}`;
  });
  const cause = CAUSES.find(({ pattern }) => failed.some(({ reason }) => pattern.test(reason)));
  return new FunAsrError('E_CAPTURE', `no microphone can be used (${tried.join('; ')})`, {
    hint: cause?.hint ?? HINT,
  });
}

/** The warning for a source that failed after it gave sound. */
export function captureLost({ source, reason }: FailedCapture, capturedMs: number): FunAsrError {
  const { driver, device } = source;
  return new FunAsrError(
    'W_CAPTURE_LOST',
    `${driver} ${device}: the device failed after ${formatSeconds(capturedMs)} of sound: ${withoutDevice(reason, device)}`,
    { hint: 'Check that the device is still connected.' },
  );
}

/** FFmpeg repeats the device before most reasons. */
function withoutDevice(reason: string, device: string): string {
  return reason.startsWith(`${device}: `) ? reason.slice(device.length + 2) : reason;
}
