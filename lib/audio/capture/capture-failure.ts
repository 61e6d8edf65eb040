import { FunAsrError } from '../../core/errors.ts';
import type { CaptureSource } from './capture-arguments.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg.ts';

/** A source that gave no sound, and what FFmpeg said of it. */
export interface FailedCapture {
  readonly source: CaptureSource;
  /** In FFmpeg's words. */
  readonly reason: string;
}

interface Cause {
  readonly said: RegExp;
  /** What FFmpeg's words mean, where they do not tell. */
  readonly reason?: (ffmpeg: Ffmpeg) => string;
  readonly hint: string;
}

/** Of several failures the one that comes first here is most worth mending. */
const CAUSES: readonly Cause[] = [
  {
    said: /permi(ssion|tted)|denied|authorized/i,
    hint: 'Allow this program the microphone in the privacy settings of the system. On Linux without a sound server, join the group audio.',
  },
  { said: /busy/i, hint: 'Close the program that holds the device, or take another one.' },
  {
    // A driver that is not there has no options either, and these are read first.
    said: /unknown input format|unrecognized option/i,
    reason: ({ version, source }) => `this FFmpeg (${version}, ${source}) has no such driver`,
    hint: "Install the system's own FFmpeg, which most often has it, and name it with FFMPEG_PATH.",
  },
  { said: /no such process/i, reason: () => 'no sound server answers', hint: 'Start the sound server.' },
];

const HINT =
  'Connect a microphone, or name a device: fun-asr live --list-devices shows those that there are.';

/** Why nothing at all could be captured. */
export function captureFailure(failed: readonly FailedCapture[], ffmpeg: Ffmpeg): FunAsrError {
  const tried = failed.map(({ source: { driver, device }, reason }) => {
    const meaning = CAUSES.find(({ said }) => said.test(reason))?.reason?.(ffmpeg);
    return `${driver} ${device}: ${meaning ?? withoutDevice(reason, device)}`;
  });
  const cause = CAUSES.find(({ said }) => failed.some(({ reason }) => said.test(reason)));
  return new FunAsrError('E_CAPTURE', `No sound can be captured (${tried.join('; ')})`, {
    hint: cause?.hint ?? HINT,
  });
}

/** A source that stopped by itself. */
export function captureLost({ source, reason }: FailedCapture, capturedMs: number): FunAsrError {
  const { driver, device } = source;
  const seconds = (capturedMs / 1000).toFixed(1);
  return new FunAsrError(
    'W_CAPTURE_LOST',
    `${driver} ${device}: it failed after ${seconds} s of sound: ${withoutDevice(reason, device)}`,
    { hint: 'Look whether the device is still connected.' },
  );
}

/** FFmpeg repeats the device in front of most reasons. */
function withoutDevice(reason: string, device: string): string {
  return reason.startsWith(`${device}: `) ? reason.slice(device.length + 2) : reason;
}
