import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FunAsrError } from '../../core/errors.ts';
import { type Conversion, convertAudio } from './conversion.ts';
import { convertBytes, type ConvertOptions, type ConvertTarget } from '../convert.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { readableFrom } from '../source/pull.ts';
import { openRecording } from '../source/recording.ts';

/** Hears how a conversion into a file gets on. */
export interface ConvertObserver {
  /** Called now and then, with how much was converted, in ms of audio. */
  readonly onProgress?: ((audioMs: number) => void) | undefined;
  /** Called with each loss that is not a failure: those of `convert()`. */
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
}

/**
 * Converts into a file that exists: what it holds is replaced, and worth nothing when this fails. The options are
 * taken for checked.
 * @param input Path of a recording, or a stream of the bytes of one.
 * @throws {FunAsrError} what `convert()` fails with; for a path also `E_READ` and `E_URL_REFUSED`.
 */
export async function convertInto(
  input: string | Readable,
  path: string,
  options: ConvertOptions,
  { onProgress, onWarning }: ConvertObserver = {},
): Promise<Conversion> {
  let onEnd: ConvertTarget['onEnd'] = () => {};
  const converted = new Promise<Conversion>((resolve) => {
    onEnd = resolve;
  });
  const target = { path, onEnd };
  const piped =
    typeof input === 'string'
      ? pipeline(heard(convertRecording(input, options, target)), listen)
      : pipeline(input, heard(convertBytes(options, target)), listen);
  const [conversion] = await Promise.all([converted, piped]);
  return conversion;

  function heard<Stage extends Readable>(stage: Stage): Stage {
    if (onWarning) stage.on('warning', onWarning);
    return stage;
  }

  async function listen(reports: AsyncIterable<Buffer>): Promise<void> {
    for await (const report of reports) {
      const audioMs = convertedMs(report.toString('latin1'));
      if (audioMs !== undefined) onProgress?.(audioMs);
    }
  }
}

/** A file, which FFmpeg opens itself. The stream gives the reports of FFmpeg's progress. */
function convertRecording(name: string, options: ConvertOptions, target: ConvertTarget): Readable {
  const { ffmpegPath, maxDurationMs, signal } = options;
  return readableFrom(async function* (context) {
    const { path, truncation } = await openRecording(name);
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    const input = { kind: 'file', path } as const;
    const job = { ffmpeg, name, input, encoding: options, output: target.path, truncation, maxDurationMs };
    target.onEnd(yield* convertAudio(job, context));
  }, signal);
}

/** What the newest of some reports says of the time; undefined when it is not known yet. */
function convertedMs(reports: string): number | undefined {
  const [hours, minutes, seconds] = /^.*^out_time=(\d+):(\d\d):([\d.]+)$/ms.exec(reports)?.slice(1) ?? [];
  return hours === undefined
    ? undefined
    : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
