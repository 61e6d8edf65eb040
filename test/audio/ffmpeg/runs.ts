import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from '../../../lib/audio/ffmpeg/job.ts';
import type { AudioSource } from '../../../lib/audio/source/audio-source.ts';

/** A job over a file, and the codes of its warnings. */
export async function jobOverFile(path: string, source: Partial<AudioSource> = {}) {
  const warnings: string[] = [];
  const job = new FfmpegJob(
    await findFfmpeg(),
    { name: path, input: { kind: 'file', path }, ...source },
    {
      signal: new AbortController().signal,
      warn: ({ code }) => void warnings.push(code),
    },
  );
  return { job, warnings };
}
