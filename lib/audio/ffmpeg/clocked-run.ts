import { ClockedPcm } from '../clock/clocked-pcm.ts';
import { clockWarnings } from '../clock/clock-warnings.ts';
import type { MediaInfo } from '../../media/media-info.ts';
import { decodeArguments } from './arguments/decode-arguments.ts';
import type { MixCommand } from './arguments/mix-arguments.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import type { FfmpegJob } from './job.ts';

/** Options of {@link ClockedRun}. */
export interface ClockedRunOptions extends MixCommand {
  /** Samples per second and channel. */
  readonly sampleRate: number;
  /** Keeps the metadata of the source. */
  readonly hasMetadata: boolean;
}

/** One run of FFmpeg over a source: PCM on the clock of the source, with silence in its gaps. */
export class ClockedRun {
  readonly #job: FfmpegJob;
  readonly #options: ClockedRunOptions;
  readonly #clocked: ClockedPcm;
  #process: FfmpegProcess | undefined;

  constructor(job: FfmpegJob, options: ClockedRunOptions) {
    this.#job = job;
    this.#options = options;
    this.#clocked = new ClockedPcm(options.sampleRate);
  }

  /** Metadata of the source: known when there is PCM. */
  get metadata(): ReadonlyMap<string, string> {
    return this.#clocked.metadata;
  }

  /** Whether there was any sound so far. */
  get hasSound(): boolean {
    return this.#clocked.clock.soundMs > 0;
  }

  /**
   * Decodes. FFmpeg starts with the first PCM that is pulled.
   * @throws {FunAsrError} what {@link FfmpegProcess.read} throws.
   */
  async *pcm(): AsyncGenerator<Buffer, void, void> {
    const process = this.#job.start(
      decodeArguments(this.#job.source.input, { ...this.#options, isTimed: true }),
    );
    this.#process = process;
    try {
      let media: MediaInfo | undefined;
      for (let chunk = await process.read(); chunk !== undefined; chunk = await process.read()) {
        media ??= await process.log.description;
        yield* this.#clocked.feed(chunk, media?.startMs);
      }
    } finally {
      await process.kill();
    }
  }

  /** Assesses a run that has ended, and warns of what was lost and filled in. */
  async assess(): Promise<void> {
    if (!this.#process) return;
    const { clock } = this.#clocked;
    await this.#job.assess(this.#process, clock.soundMs + clock.silenceMs);
    clockWarnings(this.#job.source.name, clock).forEach(this.#job.warn);
  }
}
