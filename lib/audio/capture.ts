import { FunAsrError } from '../core/errors.ts';
import { abortSignal, checkOptions, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { TypedReadable } from '../core/typed-stream.ts';
import {
  captureArguments,
  captureDrivers,
  type CaptureSource,
  defaultDevice,
} from './capture/capture-arguments.ts';
import { captureDevices, SOUND_ENVIRONMENT } from './capture/capture-devices.ts';
import { captureFailure, captureLost, type FailedCapture } from './capture/capture-failure.ts';
import { captureSilent, SilenceDetector } from './capture/capture-silence.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { FfmpegProcess } from './ffmpeg/ffmpeg-process.ts';
import { DEFAULT_SAMPLE_RATE, durationOf, sampleRateRule } from '../media/pcm.ts';
import type { AudioSourceEvents } from './source/audio-events.ts';
import { readableFrom } from './source/generator-stream.ts';

/** The stream that {@link capture} makes: sound as PCM. */
export interface CaptureStream extends TypedReadable<AudioSourceEvents> {}

/** Options of {@link capture}. */
export interface CaptureOptions extends StageOptions {
  /** Microphone or other source, by the driver's name. @default the system's default microphone */
  readonly device?: string | undefined;
  /**
   * Input device of FFmpeg: `pulse` or `alsa` on Linux, `avfoundation` on macOS, `dshow` on Windows, or any other
   * of FFmpeg.
   * @default the first driver of the system that delivers audio
   */
  readonly driver?: string | undefined;
  /** Samples per second of the PCM: 8000, 16000, 22050, 24000, 32000, 44100 or 48000. @default 16000 */
  readonly sampleRate?: number | undefined;
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
  /** Ends the capture normally, after the sound that was captured before. */
  readonly stop?: AbortSignal | undefined;
}

/** Before the first sound the system may ask the user for permission. */
const LIMITS = { firstByteMs: 30_000, nextByteMs: 30_000 };

/**
 * The system's microphone → s16le mono PCM, cut anywhere, without buffering. Captures until `stop` is aborted or
 * the source ends.
 *
 * A live source cannot wait. The buffers of the stages and of the system hold some seconds for a slow reader; the
 * system drops what is spoken after that, and does not report it.
 *
 * Emits `warning` with `W_CAPTURE_SILENT` when the source delivers only zeros, as a muted or forbidden one does, and
 * with `W_CAPTURE_LOST` when it fails after it gave sound: the stream then ends normally, so that the last words
 * are still recognised. Fails with `E_CAPTURE`, `E_FFMPEG_MISSING`.
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
        // Ctrl-C must not reach FFmpeg: it would exit as if the device had failed. `stop` ends it.
        detached: true,
      });
      const silence = new SilenceDetector(sampleRate);
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

/** The sources to try, in this order. */
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
 * Captures with one FFmpeg.
 * @returns Why it failed; undefined when it was stopped, or when the source ended.
 */
async function* record(
  microphone: FfmpegProcess,
  stop: AbortSignal | undefined,
  onPcm: (pcm: Buffer) => void,
): AsyncGenerator<Buffer, string | undefined, void> {
  // A kill loses nothing, because FFmpeg writes each packet at once. Some drivers ignore any other signal.
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

/** FFmpeg exits with 0 when the device is disconnected: only its error messages show that. */
function failureOf({ bytes, exit, log }: FfmpegProcess): string | undefined {
  // The first message gives the reason why a device did not open, the last one why it failed later.
  const message = log.errors.at(bytes === 0 ? 0 : -1);
  if (message !== undefined || exit?.code === 0) return message;
  return exit?.signal ? `FFmpeg was killed by ${exit.signal}` : `FFmpeg exited with code ${exit?.code}`;
}
