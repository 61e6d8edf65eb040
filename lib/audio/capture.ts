import { FunAsrError } from '../core/errors.ts';
import { abortSignal, checkOptions, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import {
  captureArguments,
  captureDrivers,
  type CaptureSource,
  defaultDevice,
} from './capture/capture-arguments.ts';
import { captureDevices, SOUND_ENVIRONMENT } from './capture/capture-devices.ts';
import { captureFailure, captureLost, type FailedCapture } from './capture/capture-failure.ts';
import { captureSilent, SilenceWatch } from './capture/capture-silence.ts';
import { findFfmpeg } from './ffmpeg/ffmpeg.ts';
import { FfmpegProcess } from './ffmpeg/ffmpeg-process.ts';
import { DEFAULT_SAMPLE_RATE, durationOf, sampleRateRule } from '../media/pcm.ts';
import { readableFrom } from './source/pull.ts';
import type { AudioSourceEvents } from './source/audio-events.ts';
import type { TypedReadable } from '../core/typed-stream.ts';

/** The stream that {@link capture} makes: sound as PCM. */
export interface CaptureStream extends TypedReadable<AudioSourceEvents> {}

export interface CaptureOptions extends StageOptions {
  /** Microphone or other source, as the driver names it. @default the system's default microphone */
  readonly device?: string | undefined;
  /**
   * Input device of FFmpeg: `pulse` or `alsa` on Linux, `avfoundation` on macOS, `dshow` on Windows, or any other
   * that the FFmpeg has.
   * @default those of the system in this order, the first that gives sound
   */
  readonly driver?: string | undefined;
  /** Samples per second of the PCM: 8000, 16000, 22050, 24000, 32000, 44100 or 48000. @default 16000 */
  readonly sampleRate?: number | undefined;
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
  /** Ends the capture: what was captured until then is given, and the end is a normal one. */
  readonly stop?: AbortSignal | undefined;
}

/** In front of the first sound the system may ask the user for leave. */
const LIMITS = { firstByteMs: 30_000, nextByteMs: 30_000 };

/**
 * The system's microphone → s16le mono PCM, cut anywhere, as it is spoken: nothing is collected first. It goes on
 * until `stop` is aborted, or the source ends.
 *
 * A live source cannot wait. Readers that fall behind find some seconds in the buffers of the stages and of the
 * system; what is spoken after that is lost, and nobody says so.
 *
 * Emits `warning` with `W_CAPTURE_SILENT` when the source gives nothing but zeros, as one that is muted or
 * forbidden does, and with `W_CAPTURE_LOST` when it fails after it gave sound: then the end is a normal one, so
 * that what was said last is still recognised. Fails with `E_CAPTURE`, `E_FFMPEG_MISSING`.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function capture(options: CaptureOptions = {}): CaptureStream {
  checkOptions('capture', options, {
    device: text,
    driver: text,
    sampleRate: sampleRateRule,
    ffmpegPath: text,
    stop: abortSignal,
    signal: abortSignal,
  });
  const { sampleRate = DEFAULT_SAMPLE_RATE, ffmpegPath, stop, signal } = options;
  return readableFrom(async function* (context) {
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    const failed: FailedCapture[] = [];
    for (const source of await captureSources(options, context.signal)) {
      if (stop?.aborted) return;
      const microphone = new FfmpegProcess(ffmpeg.path, captureArguments(source, sampleRate), {
        signal: context.signal,
        inherits: SOUND_ENVIRONMENT,
        limits: LIMITS,
        // A Ctrl-C is for us to hear, who stop: FFmpeg would end by itself, as if the device had failed.
        detached: true,
      });
      const silence = new SilenceWatch(sampleRate);
      const reason = yield* record(microphone, stop, (pcm) => {
        if (silence.feed(pcm)) context.warn(captureSilent(source));
      });
      if (reason === undefined) return;
      if (microphone.bytes > 0) {
        context.warn(captureLost({ source, reason }, durationOf(microphone.bytes, sampleRate)));
        return;
      }
      failed.push({ source, reason });
    }
    throw captureFailure(failed, ffmpeg);
  }, signal);
}

/** What is to be tried, in this order. */
function captureSources(
  { device, driver, ffmpegPath }: CaptureOptions,
  signal: AbortSignal,
): Promise<CaptureSource[]> {
  const drivers = driver === undefined ? captureDrivers(process.platform) : [driver];
  const firstOf = async (name: string): Promise<string> => {
    const [first] = await captureDevices({ driver: name, ffmpegPath, signal });
    return first?.device ?? '';
  };
  return Promise.all(
    drivers.map(async (name) => ({
      driver: name,
      device: device ?? defaultDevice(name) ?? (await firstOf(name)),
    })),
  );
}

/**
 * All that one FFmpeg captures.
 * @returns Why it failed; undefined when it was stopped, or the source has an end.
 */
async function* record(
  microphone: FfmpegProcess,
  stop: AbortSignal | undefined,
  onPcm: (pcm: Buffer) => void,
): AsyncGenerator<Buffer, string | undefined, void> {
  // Killed, for it holds back nothing: its output goes out packet by packet, and some drivers hear no other signal.
  const end = (): void => microphone.stop();
  stop?.addEventListener('abort', end);
  try {
    for (let pcm = await microphone.read(); pcm; pcm = await microphone.read()) {
      onPcm(pcm);
      yield pcm;
    }
    return stop?.aborted ? undefined : failureOf(microphone);
  } catch (error) {
    if (error instanceof FunAsrError && error.code === 'E_DECODE_TIMEOUT') return error.message;
    throw error;
  } finally {
    stop?.removeEventListener('abort', end);
    await microphone.kill();
  }
}

/** A device that goes away is the end of its input to FFmpeg, and a success: only a complaint tells. */
function failureOf({ bytes, exit, log }: FfmpegProcess): string | undefined {
  // The first one says why a device did not open, the last one why it gives no more.
  const complaint = log.complaints.at(bytes === 0 ? 0 : -1);
  if (complaint !== undefined || exit?.code === 0) return complaint;
  return exit?.signal ? `FFmpeg was killed by ${exit.signal}` : `FFmpeg ended with code ${exit?.code}`;
}
