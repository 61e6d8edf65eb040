import { type FfmpegInput, probeArguments } from './ffmpeg-arguments.ts';
import type { FfmpegLog } from './ffmpeg-log.ts';
import { FfmpegProcess, type FfmpegProcessOptions } from './ffmpeg-process.ts';

/** Lets FFmpeg describe an input, decoding next to nothing of it. What it says is in the log. */
export async function readHeader(
  ffmpegPath: string,
  input: FfmpegInput,
  options: FfmpegProcessOptions,
): Promise<FfmpegLog> {
  const process = new FfmpegProcess(ffmpegPath, probeArguments(input), options);
  try {
    while (await process.read());
    return process.log;
  } finally {
    await process.kill();
  }
}
