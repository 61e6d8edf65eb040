import type { ClockedRun } from './clocked-run.ts';
import type { FfmpegJob } from './job.ts';
import { PcmRun, type PcmRunOptions } from './pcm-run.ts';

/**
 * One run of FFmpeg over a source whose channels are mixed as {@link PcmRun} does: judged block by block. Used by a
 * conversion in the place of a {@link ClockedRun}, whose channels FFmpeg mixes.
 */
export class MixedRun implements Pick<ClockedRun, 'metadata' | 'hasSound' | 'pcm' | 'assess'> {
  readonly #job: FfmpegJob;
  readonly #options: PcmRunOptions;
  #run: PcmRun | undefined;

  constructor(job: FfmpegJob, options: PcmRunOptions) {
    this.#job = job;
    this.#options = options;
  }

  get metadata(): ReadonlyMap<string, string> {
    return this.#run?.metadata ?? new Map();
  }

  get hasSound(): boolean {
    return this.#run?.hasSound ?? false;
  }

  async *pcm(): AsyncGenerator<Buffer, void, void> {
    const run = new PcmRun(this.#job, this.#options);
    this.#run = run;
    try {
      for (let pcm = await run.readQuietly(); pcm !== undefined; pcm = await run.readQuietly()) yield pcm;
    } finally {
      await run.kill();
    }
  }

  async assess(): Promise<void> {
    await this.#run?.assess();
  }
}
