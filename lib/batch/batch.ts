import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import {
  type ChosenEngine,
  chooseEngine,
  ENGINE_RULES,
  type EngineName,
  engineFor,
} from '../engines/engine.ts';
import { asFunAsrError, type FunAsrError, interrupted } from '../core/errors.ts';
import { pick } from '../core/options.ts';
import type { Reconnect } from '../recognition/events/diagnostics.ts';
import type { TranscribeOptions } from '../transcribe.ts';
import { DEFAULT_FORMATS, type Format } from './formats.ts';
import { NO_CONSUMPTION } from './consumption.ts';
import { OutputFolders } from './state/output-folder.ts';
import { type PlannedRecording, planOutputs } from './plan/output-plan.ts';
import { followsFromStop, stopsRun } from './recording/recording-failure.ts';
import { findRecordings } from './plan/recordings.ts';
import {
  type BatchReport,
  refusedResult,
  reportError,
  skippedResult,
  type TranscriptionResult,
} from './report.ts';
import { modelFor, settingsDigest } from './state/settings.ts';
import { TranscriptionTally } from './tally.ts';
import {
  type Outcome,
  type RecordingProgress,
  transcribeRecording,
} from './recording/transcribe-recording.ts';
import { type Job, triage } from './plan/triage.ts';

/** What is to be transcribed, how, and into which files. */
export interface BatchOptions {
  /** Files, folders (with their sub-folders), glob patterns, and `-` for `stdin`. */
  readonly inputs: readonly string[];
  /** Folder for all outputs, below which sub-folders of folders are kept. @default beside each input */
  readonly outputDir?: string | undefined;
  /** @default ['srt', 'jsonl'] */
  readonly formats?: readonly Format[] | undefined;
  /**
   * Recordings at a time.
   * @default the number of cores with the local engine, 4 with the cloud
   */
  readonly concurrency?: number | undefined;
  /** Does again what is done, and replaces outputs that are not ours. @default false */
  readonly force?: boolean | undefined;
  /** What a `-` among the inputs reads. */
  readonly stdin?: Readable | undefined;
  /** How each recording is transcribed. Its `stop` and `signal` end the whole run. */
  readonly transcription: TranscribeOptions;
  readonly observer?: BatchObserver | undefined;
}

/** Hears what goes on in a run. */
export interface BatchObserver {
  /** A loss that is not a failure; `input` is missing when it concerns no single recording. */
  onWarning?(warning: FunAsrError, input?: string): void;
  /** Once, before the first recording is begun: how many there are, and how many of them need work. */
  onPlan?(recordings: number, jobs: number): void;
  /** Once, when there is work: who does it. */
  onEngine?(engine: ChosenEngine): void;
  onBegin?(input: string): void;
  /** When an earlier run had recognised a recording up to a point, in ms: it goes on from there. */
  onResume?(input: string, fromMs: number): void;
  onProgress?(input: string, progress: RecordingProgress): void;
  /** When the recognition of a recording was cut off and goes on in a new task. */
  onReconnect?(input: string, reconnect: Reconnect): void;
  /** Once for every recording that was done, skipped or failed; not for those that the run was stopped before. */
  onResult?(result: TranscriptionResult): void;
}

/** The service bills and limits by the account, not by this machine: a few at a time keep it busy. */
const CLOUD_CONCURRENCY = 4;

/**
 * Transcribes recordings into files. What an earlier run has finished is skipped, outputs appear only when
 * complete, and a recording that fails does not stop the others. All outputs are known to be writable, and
 * FFmpeg and the engine to be there, before anything is sent.
 * @throws {FunAsrError} What makes the whole run impossible: `E_NOTHING`, `E_OPTION`, `E_NO_KEY`,
 * `E_FFMPEG_MISSING`, `E_ENGINE`, `E_MODEL_MISSING`. What concerns single recordings, such as `E_LOCKED` for those whose
 * outputs go where another run is at work, or comes up later, is in the report.
 */
export async function transcribeBatch(options: BatchOptions): Promise<BatchReport> {
  const { recordings, warnings } = await findRecordings(options.inputs);
  for (const warning of warnings) options.observer?.onWarning?.(warning);
  return new Batch(options).run(planOutputs(recordings, options.outputDir));
}

class Batch {
  readonly #options: BatchOptions;
  readonly #formats: readonly Format[];
  readonly #observer: BatchObserver;
  readonly #engine: EngineName;
  readonly #folders = new OutputFolders((warning) => this.#observer.onWarning?.(warning));
  readonly #tally = new TranscriptionTally();
  readonly #halt = new AbortController();
  /** Ends the work on all recordings at once. */
  readonly #signal: AbortSignal;
  /** Stops reading recordings; what was read is finished. */
  readonly #stop: AbortSignal;
  #stoppedBy: FunAsrError | undefined;
  readonly #optionWarnings = new Set<string>();

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#formats = options.formats ?? DEFAULT_FORMATS;
    this.#observer = options.observer ?? {};
    this.#engine = engineFor(options.transcription);
    const { signal, stop } = options.transcription;
    this.#signal = AbortSignal.any([this.#halt.signal, ...(signal ? [signal] : [])]);
    this.#stop = AbortSignal.any(stop ? [stop] : []);
    // Every stage of every recording under way listens to them.
    setMaxListeners(0, this.#signal, this.#stop);
  }

  async run(plans: readonly PlannedRecording[]): Promise<BatchReport> {
    try {
      const jobs = await this.#triage(plans);
      this.#observer.onPlan?.(plans.length, jobs.length);
      if (jobs.length > 0 && !this.#isStopped) await this.#transcribe(jobs);
      return this.#tally.report(plans.length, this.#stoppedBy);
    } finally {
      await this.#folders.close();
    }
  }

  async #triage(plans: readonly PlannedRecording[]): Promise<Job[]> {
    const jobs: Job[] = [];
    const { force = false, transcription } = this.#options;
    const settings = settingsDigest(this.#engine, transcription);
    for (const plan of plans) {
      if (this.#isStopped) break;
      try {
        const decided = await triage(plan, this.#folders, {
          formats: this.#formats,
          force,
          settings,
        });
        if ('job' in decided) jobs.push(decided.job);
        else this.#report(skippedResult(plan, decided.finished));
      } catch (cause) {
        const error = asFunAsrError(cause, plan.input);
        if (stopsRun(error)) throw error;
        this.#report(refusedResult(plan, this.#engine, modelFor(this.#engine, transcription), error));
      }
    }
    return jobs;
  }

  async #transcribe(jobs: readonly Job[]): Promise<void> {
    const { transcription, concurrency } = this.#options;
    // Whoever lacks FFmpeg should hear of it before a model is downloaded.
    const old = ffmpegWarning(await findFfmpeg({ ffmpegPath: transcription.ffmpegPath }));
    if (old) this.#observer.onWarning?.(old);
    const engine = await chooseEngine({
      ...pick(transcription, ENGINE_RULES),
      signal: AbortSignal.any([this.#signal, this.#stop]),
    });
    try {
      this.#observer.onEngine?.(engine);
      const limit = pLimit(
        concurrency ?? (engine.engine === 'local' ? availableParallelism() : CLOUD_CONCURRENCY),
      );
      await limit.map(jobs, (job) => this.#do(job, engine));
    } finally {
      await engine.close();
    }
  }

  async #do(job: Job, engine: ChosenEngine): Promise<void> {
    const { transcription, stdin = Readable.from([]) } = this.#options;
    if (this.#isStopped) return;
    this.#observer.onBegin?.(job.input);
    const outcome = await transcribeRecording(job, {
      engine,
      formats: this.#formats,
      transcription: { ...transcription, engine, signal: this.#signal, stop: this.#stop },
      stdin,
      onResume: (input, fromMs) => this.#observer.onResume?.(input, fromMs),
      onReconnect: (input, reconnect) => this.#observer.onReconnect?.(input, reconnect),
      onProgress: (input, progress) => this.#observer.onProgress?.(input, progress),
      onWarning: (warning, input) => this.#warn(warning, input),
    });
    if (this.#stoppedBy && outcome.error && followsFromStop(outcome.error)) {
      return this.#reportHalted(outcome, this.#stoppedBy);
    }
    if (outcome.error && stopsRun(outcome.error)) {
      this.#stoppedBy = outcome.error;
      this.#halt.abort();
    }
    this.#report(outcome.result, outcome.consumption);
  }

  /** What stopped the run was said when it did. A recording that had come to nothing by then counts as not tried. */
  #reportHalted(outcome: Outcome, { hint }: FunAsrError): void {
    if (outcome.result.outputs.length === 0) return;
    const error = reportError(interrupted(outcome.result.input, hint));
    this.#report({ ...outcome.result, error }, outcome.consumption);
  }

  get #isStopped(): boolean {
    return this.#signal.aborted || this.#stop.aborted;
  }

  /** An option that has no effect has none on any recording: that is said once, of no recording in particular. */
  #warn(warning: FunAsrError, input: string): void {
    if (warning.code !== 'W_OPTION') return this.#observer.onWarning?.(warning, input);
    if (this.#optionWarnings.has(warning.message)) return;
    this.#optionWarnings.add(warning.message);
    this.#observer.onWarning?.(warning);
  }

  #report(result: TranscriptionResult, consumption = NO_CONSUMPTION): void {
    this.#tally.add(result, consumption);
    this.#observer.onResult?.(result);
  }
}
