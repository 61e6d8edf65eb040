import type { Readable } from 'node:stream';
import type { FunAsrError } from '../core/errors.ts';
import type { ConvertOptions } from './convert.ts';
import { type Conversion, convertAudio } from './ffmpeg/convert-audio.ts';
import { findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from './ffmpeg/job.ts';
import { audioInput, withSource } from './source/audio-source.ts';

/** Callbacks of a conversion into a file. */
export interface ConvertObserver {
  /** Called from time to time with the duration of the audio that is converted, in ms. */
  readonly onProgress?: ((audioMs: number) => void) | undefined;
  /** Called with each loss that is not a failure: the warnings of `convert()`. */
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
}

/**
 * Converts into an existing file, and replaces its content; after a failure the content is of no use. The options
 * are not checked again.
 * @param input Path of a recording, or a stream of the bytes of one.
 * @throws {FunAsrError} what `convert()` fails with; also `E_READ` and, for a path, `E_URL_REFUSED`; an `AbortError`.
 */
export async function convertInto(
  input: string | Readable,
  path: string,
  options: ConvertOptions,
  { onProgress, onWarning }: ConvertObserver = {},
): Promise<Conversion> {
  const { ffmpegPath, maxDurationMs, signal = new AbortController().signal } = options;
  const source = audioInput(input);
  const context = { signal, warn: (warning: FunAsrError) => onWarning?.(warning) };
  const output = { encoding: options, path, maxDurationMs };
  let conversion: Conversion = { durationMs: 0, isCopy: false };
  const reports = withSource(
    source,
    signal,
    async function* (opened) {
      const ffmpeg = await findFfmpeg({ ffmpegPath });
      conversion = yield* convertAudio(new FfmpegJob(ffmpeg, opened, context), output);
    },
    { pieces: 'together' },
  );
  for await (const report of reports) {
    const audioMs = convertedMs(report.toString('latin1'));
    if (audioMs !== undefined) onProgress?.(audioMs);
  }
  return conversion;
}

/** The newest time in some of FFmpeg's progress reports, in ms; undefined when they contain none. */
function convertedMs(reports: string): number | undefined {
  const [hours, minutes, seconds] = /^.*^out_time=(\d+):(\d\d):([\d.]+)$/ms.exec(reports)?.slice(1) ?? [];
  return hours === undefined
    ? undefined
    : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
