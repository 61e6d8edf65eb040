import { levelOf } from '../../media/loudness.ts';
import { BYTES_PER_SAMPLE, bytesOf, durationOf } from '../../media/pcm.ts';
import { ClockedPcm } from '../clock/clocked-pcm.ts';
import { clockWarnings } from '../clock/clock-warnings.ts';
import { decodeArguments } from './decode-arguments.ts';
import { tooLong } from './assess-decode.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import type { FfmpegJob } from './job.ts';
import { SILENT_DB } from './loudest-channel.ts';

/** The PCM to decode to. */
export interface PcmOutput {
  /** In Hz. */
  readonly sampleRate: number;
  /** Maximum duration of the audio. @default unlimited */
  readonly maxDurationMs?: number | undefined;
}

/** Duration of a silent beginning that is held back before the channels are measured. */
const SILENT_START_MS = 20_000;

/**
 * Decodes to s16le mono: the mix of all channels as FFmpeg makes it, unless the mix is silent while a channel is
 * not. Only a recording with a silent beginning is measured; for any other the level of its first chunk suffices.
 * @throws {FunAsrError} what {@link FfmpegJob.assess} and {@link FfmpegProcess.read} throw; `E_DURATION_LIMIT` after
 * the audio before the limit.
 */
export async function* decodeAudio(job: FfmpegJob, output: PcmOutput): AsyncGenerator<Buffer, void, void> {
  const mix = new PcmRun(job, output);
  let channel: number | undefined;
  try {
    const { held, isSilent } = await silentStart(mix, output.sampleRate);
    channel = isSilent && mix.channels > 1 ? await job.loudestChannel() : undefined;
    if (channel === undefined) {
      job.source.bytes?.forget();
      yield* held;
      yield* mix.rest();
      return;
    }
  } finally {
    await mix.kill();
  }
  const single = new PcmRun(job, output, channel);
  job.source.bytes?.forget();
  try {
    yield* single.rest();
  } finally {
    await single.kill();
  }
}

/** Reads until a chunk is not silent, but not more than may be held back. */
async function silentStart(run: PcmRun, sampleRate: number): Promise<{ held: Buffer[]; isSilent: boolean }> {
  const held: Buffer[] = [];
  for (let room = bytesOf(SILENT_START_MS, sampleRate); room > 0; room -= held.at(-1)?.length ?? 0) {
    const pcm = await run.read();
    if (pcm === undefined) break;
    held.push(pcm);
    if (levelOf(pcm) >= SILENT_DB) return { held, isSilent: false };
  }
  return { held, isSilent: held.length > 0 };
}

/** One run of FFmpeg over the whole source: gives whole samples, up to the maximum duration. */
class PcmRun {
  readonly #job: FfmpegJob;
  readonly #output: PcmOutput;
  readonly #process: FfmpegProcess;
  readonly #limit: number;
  readonly #pcm: AsyncGenerator<Buffer, void, void>;
  /** Follows the clock of the source; undefined when the source has none. */
  readonly #clocked: ClockedPcm | undefined;
  #half: Buffer | undefined;
  #bytes = 0;
  #isTooLong = false;

  /** @param channel The only channel to decode, counted from 0. @default the mix of all */
  constructor(job: FfmpegJob, output: PcmOutput, channel?: number) {
    const { sampleRate, maxDurationMs } = output;
    this.#job = job;
    this.#output = output;
    this.#limit = maxDurationMs === undefined ? Infinity : bytesOf(maxDurationMs, sampleRate);
    const isTimed = job.source.isTimed ?? false;
    this.#clocked = isTimed ? new ClockedPcm({ sampleRate }) : undefined;
    this.#process = job.start(decodeArguments(job.source.input, { sampleRate, channel, isTimed }));
    this.#pcm = this.#read();
  }

  /** Most channels of a track of the source, as far as FFmpeg has described it. */
  get channels(): number {
    return Math.max(0, ...(this.#process.log.media?.tracks ?? []).map(({ channels }) => channels));
  }

  /** The next PCM; undefined at the end. */
  async read(): Promise<Buffer | undefined> {
    if (this.#isTooLong) throw tooLong(this.#job.source.name, this.#output.maxDurationMs ?? 0);
    const { value: chunk } = await this.#pcm.next();
    if (chunk === undefined) return undefined;
    const pcm = this.#wholeSamples(chunk);
    const allowed = pcm.subarray(0, this.#limit - this.#bytes);
    this.#bytes += allowed.length;
    // The audio before the limit is given first.
    this.#isTooLong = allowed.length < pcm.length;
    return allowed;
  }

  /** The PCM that was not read yet, to the end, and the assessment of the run. */
  async *rest(): AsyncGenerator<Buffer, void, void> {
    for (let pcm = await this.read(); pcm !== undefined; pcm = await this.read()) yield pcm;
    await this.#job.assess(this.#process, durationOf(this.#bytes, this.#output.sampleRate));
    if (this.#clocked) clockWarnings(this.#job.source.name, this.#clocked.clock).forEach(this.#job.warn);
  }

  /** FFmpeg's output as PCM, with silence in the gaps. */
  async *#read(): AsyncGenerator<Buffer, void, void> {
    for (let chunk = await this.#process.read(); chunk !== undefined; chunk = await this.#process.read()) {
      if (this.#clocked) yield* this.#clocked.feed(chunk, (await this.#process.log.description)?.startMs);
      else yield chunk;
    }
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Half a sample at the end of a chunk waits for its other half; at the end of the audio it is dropped. */
  #wholeSamples(chunk: Buffer): Buffer {
    const bytes = this.#half ? Buffer.concat([this.#half, chunk]) : chunk;
    const odd = bytes.length % BYTES_PER_SAMPLE;
    this.#half = odd > 0 ? bytes.subarray(-odd) : undefined;
    return odd > 0 ? bytes.subarray(0, -odd) : bytes;
  }
}
