import { FunAsrError } from '../../core/errors.ts';
import { tooLong } from './duration-limit.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { decodeArguments, type FfmpegInput } from './ffmpeg-arguments.ts';
import { FfmpegProcess } from './ffmpeg-process.ts';
import { loudestInsteadOfMix, loudestWarning, measureLevels, SILENT_DB } from './loudest-channel.ts';
import { levelOf } from '../../media/loudness.ts';
import { BYTES_PER_SAMPLE, bytesOf, durationOf } from '../../media/pcm.ts';
import type { SourceContext } from '../source/pull.ts';
import { feedOptions, type Replayable } from '../source/replayable.ts';
import { judge } from './verdict.ts';
import type { Truncation } from '../../media/truncation.ts';

/** One recording to be decoded. */
export interface DecodeJob {
  readonly ffmpeg: Ffmpeg;
  /** The input, for messages. */
  readonly name: string;
  readonly input: FfmpegInput;
  /** What goes into stdin, unless the input is a file. */
  readonly bytes?: Replayable | undefined;
  readonly sampleRate: number;
  readonly truncation?: Truncation | undefined;
  /** In ms of audio. */
  readonly maxDurationMs?: number | undefined;
}

/** How long a silent beginning is held back until the channels are looked at one by one, in ms. */
const SILENT_START_MS = 20_000;

/**
 * Decodes to s16le mono: FFmpeg's own mix of the channels, byte for byte, unless that is silent while the channels
 * are not. Only a recording that begins with a silent mix is ever looked at twice; any other costs one level
 * measurement of its first chunk.
 * @throws {FunAsrError} what {@link judge} and {@link FfmpegProcess} throw; `E_DURATION_LIMIT`.
 */
export async function* decodePcm(job: DecodeJob, context: SourceContext): AsyncGenerator<Buffer, void, void> {
  const attempt = new Attempt(job, context.signal);
  try {
    const { held, isSilent } = await silentStart(attempt, job.sampleRate);
    const loudest = isSilent && attempt.channels > 1 ? await loudestChannel(job, context.signal) : undefined;
    if (loudest !== undefined) {
      await attempt.kill();
      context.warn(loudestWarning(job.name, loudest));
      yield* decodeChannel(job, loudest, context);
      return;
    }
    job.bytes?.forget();
    yield* held;
    yield* attempt.rest();
    attempt.judge().forEach(context.warn);
  } finally {
    await attempt.kill();
  }
}

async function* decodeChannel(
  job: DecodeJob,
  channel: number,
  { signal, warn }: SourceContext,
): AsyncGenerator<Buffer, void, void> {
  const attempt = new Attempt(job, signal, channel);
  job.bytes?.forget();
  try {
    yield* attempt.rest();
    attempt.judge().forEach(warn);
  } finally {
    await attempt.kill();
  }
}

/** Reads until something can be heard, or for as long as may be held back. */
async function silentStart(
  attempt: Attempt,
  sampleRate: number,
): Promise<{ held: Buffer[]; isSilent: boolean }> {
  const held: Buffer[] = [];
  for (let room = bytesOf(SILENT_START_MS, sampleRate); room > 0; room -= held.at(-1)?.length ?? 0) {
    const pcm = await attempt.read();
    if (pcm === undefined) break;
    held.push(pcm);
    if (levelOf(pcm) >= SILENT_DB) return { held, isSilent: false };
  }
  return { held, isSilent: held.length > 0 };
}

/** For a stream, only what was read of it so far can be measured, if it was little enough to be kept. */
async function loudestChannel(job: DecodeJob, signal: AbortSignal): Promise<number | undefined> {
  if (job.bytes && !job.bytes.isWhole) return undefined;
  const levels = await measureLevels(job.ffmpeg.path, job.input, {
    signal,
    feed: job.bytes && ((stdin) => job.bytes?.feedKept(stdin) ?? Promise.resolve()),
  });
  return levels && loudestInsteadOfMix(levels);
}

/** One FFmpeg over the whole input, giving whole samples up to the limit. */
class Attempt {
  readonly #job: DecodeJob;
  readonly #process: FfmpegProcess;
  readonly #limit: number;
  #half: Buffer | undefined;
  #bytes = 0;
  #isTooLong = false;

  constructor(job: DecodeJob, signal: AbortSignal, channel?: number) {
    const { ffmpeg, input, bytes, sampleRate, maxDurationMs } = job;
    this.#job = job;
    this.#limit = maxDurationMs === undefined ? Infinity : bytesOf(maxDurationMs, sampleRate);
    this.#process = new FfmpegProcess(ffmpeg.path, decodeArguments(input, sampleRate, channel), {
      signal,
      ...(bytes && feedOptions(bytes)),
    });
  }

  /** Channels of the stream that FFmpeg chose, as far as it has said so. */
  get channels(): number {
    return Math.max(0, ...(this.#process.log.media?.tracks ?? []).map(({ channels }) => channels));
  }

  async read(): Promise<Buffer | undefined> {
    if (this.#isTooLong) throw tooLong(this.#job.name, this.#job.maxDurationMs ?? 0);
    const chunk = await this.#process.read();
    if (chunk === undefined) return undefined;
    const pcm = this.#whole(chunk);
    const allowed = pcm.subarray(0, this.#limit - this.#bytes);
    this.#bytes += allowed.length;
    // What lies before the limit is given first.
    this.#isTooLong = allowed.length < pcm.length;
    return allowed;
  }

  async *rest(): AsyncGenerator<Buffer, void, void> {
    for (let pcm = await this.read(); pcm !== undefined; pcm = await this.read()) yield pcm;
  }

  judge(): FunAsrError[] {
    const { name, truncation, sampleRate } = this.#job;
    const { exit = { code: null, signal: null }, log } = this.#process;
    return judge({ name, exit, decodedMs: durationOf(this.#bytes, sampleRate), log, truncation });
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Half a sample at the end of a chunk waits for its other half; at the end of all it is dropped. */
  #whole(chunk: Buffer): Buffer {
    const bytes = this.#half ? Buffer.concat([this.#half, chunk]) : chunk;
    const odd = bytes.length % BYTES_PER_SAMPLE;
    this.#half = odd > 0 ? bytes.subarray(-odd) : undefined;
    return odd > 0 ? bytes.subarray(0, -odd) : bytes;
  }
}
