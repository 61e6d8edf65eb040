import { setMaxListeners } from 'node:events';
import { lstat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { checkConvert, type ConvertOptions } from '../audio/convert.ts';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import { openInputFile } from '../audio/source/input-file.ts';
import { asFunAsrError, FunAsrError } from '../core/errors.ts';
import { type PlannedConversion, planConversions } from './plan/convert-plan.ts';
import {
  type ConversionProgress,
  type ConversionResult,
  convertRecording,
  resultOf,
} from './recording/convert-recording.ts';
import { OutputFolders } from './state/output-folder.ts';
import { followsFromStop, stopsRun } from './recording/recording-failure.ts';
import { findRecordings, STDIN } from './plan/recordings.ts';
import { reportError, type RunReport } from './report.ts';
import { Tally } from './tally.ts';

export interface ConvertBatchOptions {
  /** Files, folders (with their sub-folders), glob patterns, and `-` for `stdin`. */
  readonly inputs: readonly string[];
  /** Folder for all outputs, below which sub-folders of folders are kept. @default beside each input */
  readonly outputDir?: string | undefined;
  /** Recordings at a time. @default the number of cores */
  readonly concurrency?: number | undefined;
  /** Replaces outputs that exist; without it they are left alone. @default false */
  readonly force?: boolean | undefined;
  /** What a `-` among the inputs reads. */
  readonly stdin?: Readable | undefined;
  /** How each recording is converted. Its `signal` ends the whole run. */
  readonly conversion: ConvertOptions;
  readonly observer?: ConvertBatchObserver | undefined;
}

/** Hears what goes on in a run. */
export interface ConvertBatchObserver {
  /** A loss that is not a failure; `input` is missing when it concerns no single recording. */
  onWarning?(warning: FunAsrError, input?: string): void;
  /** Once, before the first recording is begun: how many there are, and how many of them need work. */
  onPlan?(recordings: number, jobs: number): void;
  onBegin?(input: string): void;
  onProgress?(input: string, progress: ConversionProgress): void;
  /** Once for every recording that was tried or left alone. */
  onResult?(result: ConversionResult): void;
}

/**
 * Converts recordings into files. Outputs that exist are left alone, new ones appear only when complete, and a
 * recording that fails does not stop the others.
 * @throws {FunAsrError} What makes the whole run impossible: `E_OPTION`, `E_NOTHING`, `E_FFMPEG_MISSING`. What
 * comes up later is in the report.
 */
export async function convertBatch(options: ConvertBatchOptions): Promise<RunReport> {
  checkConvert('convert', options.conversion);
  const { recordings, warnings } = await findRecordings(options.inputs);
  for (const warning of warnings) options.observer?.onWarning?.(warning);
  const { conversions, ownOutputs } = planConversions(recordings, options.conversion.to, options.outputDir);
  return new ConvertBatch(options).run(conversions, ownOutputs);
}

class ConvertBatch {
  readonly #options: ConvertBatchOptions;
  readonly #observer: ConvertBatchObserver;
  readonly #folders = new OutputFolders((warning) => this.#observer.onWarning?.(warning));
  readonly #tally = new Tally();
  readonly #halt = new AbortController();
  readonly #signal: AbortSignal;
  #stoppedBy: FunAsrError | undefined;

  constructor(options: ConvertBatchOptions) {
    this.#options = options;
    this.#observer = options.observer ?? {};
    const { signal } = options.conversion;
    this.#signal = AbortSignal.any([this.#halt.signal, ...(signal ? [signal] : [])]);
    // Every conversion under way listens to it.
    setMaxListeners(0, this.#signal);
  }

  async run(conversions: readonly PlannedConversion[], ownOutputs: readonly string[]): Promise<RunReport> {
    try {
      this.#leaveAlone(ownOutputs);
      const jobs: PlannedConversion[] = [];
      for (const plan of conversions) if (await this.#needsWork(plan)) jobs.push(plan);
      this.#observer.onPlan?.(conversions.length + ownOutputs.length, jobs.length);
      if (jobs.length > 0) await this.#convert(jobs);
      return this.#tally.report(conversions.length + ownOutputs.length, this.#stoppedBy);
    } finally {
      await this.#folders.close();
    }
  }

  /** What was found in a folder may well be in the format already; what was named is asked for. */
  #leaveAlone(ownOutputs: readonly string[]): void {
    const { inputs, conversion } = this.#options;
    const { to, sampleRate, channels, bitrate } = conversion;
    const found = ownOutputs.filter((input) => !inputs.includes(input));
    for (const input of found) this.#report(resultOf(input, 'skipped', [input]));
    if (found.length > 0 && (sampleRate ?? channels ?? bitrate) !== undefined) {
      const message = `${found.join(', ')}: in ${to} already, and left as it is, whatever its rate, channels and bit rate`;
      this.#observer.onWarning?.(new FunAsrError('W_OPTION', message, { hint: ELSEWHERE }));
    }
    for (const input of ownOutputs.filter((named) => inputs.includes(named))) {
      const error = new FunAsrError('E_EXISTS', `${input}: its output would be itself`, { hint: ELSEWHERE });
      this.#report({ ...resultOf(input, 'failed', []), error: reportError(error) });
    }
  }

  /** Looks at a recording before any folder is made for it. */
  async #needsWork({ input, output }: PlannedConversion): Promise<boolean> {
    try {
      if (input !== STDIN) await openInputFile(input);
      if (this.#options.force || !(await exists(output))) return true;
      this.#report(resultOf(input, 'skipped', [output]));
    } catch (cause) {
      this.#report({ ...resultOf(input, 'failed', []), error: reportError(asFunAsrError(cause, input)) });
    }
    return false;
  }

  async #convert(jobs: readonly PlannedConversion[]): Promise<void> {
    const { conversion, concurrency = availableParallelism() } = this.#options;
    const old = ffmpegWarning(await findFfmpeg({ ffmpegPath: conversion.ffmpegPath }));
    if (old) this.#observer.onWarning?.(old);
    await pLimit(concurrency).map(jobs, (job) => this.#do(job));
  }

  async #do(job: PlannedConversion): Promise<void> {
    const { conversion, stdin = Readable.from([]) } = this.#options;
    if (this.#signal.aborted) return;
    this.#observer.onBegin?.(job.input);
    const { result, error } = await convertRecording(job, {
      conversion: { ...conversion, signal: this.#signal },
      stdin,
      openFolder: (path) => this.#folders.open(path),
      onProgress: (input, progress) => this.#observer.onProgress?.(input, progress),
      onWarning: (warning, input) => this.#observer.onWarning?.(warning, input),
    });
    // What stopped the run was said when it did: nothing is left of the others, and they count as not tried.
    if (this.#stoppedBy && error && followsFromStop(error)) return;
    if (error && stopsRun(error)) {
      this.#stoppedBy = error;
      this.#halt.abort();
    }
    this.#report(result);
  }

  #report(result: ConversionResult): void {
    this.#tally.add(result);
    this.#observer.onResult?.(result);
  }
}

const ELSEWHERE = 'To convert it, write elsewhere with --output-dir.';

/** A link to nothing is something that exists, too. */
async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
