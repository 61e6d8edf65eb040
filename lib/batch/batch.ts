import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import { type Backend, type BackendName } from '../engines/backend.ts';
import { chooseBackend, BACKEND_RULES, backendNameFor } from '../engines/choose-backend.ts';
import { asFunAsrError, type FunAsrError, interrupted } from '../core/errors.ts';
import { pick } from '../core/options.ts';
import type { Reconnect } from '../recognition/events/diagnostics.ts';
import type { TranscribeOptions } from '../transcribe.ts';
import { DEFAULT_OUTPUT_FORMATS, type OutputFormat } from '../subtitles/formats.ts';
import { NO_CONSUMPTION } from './report/consumption.ts';
import { OutputFolders } from './state/output-folder.ts';
import { type PlannedRecording, planOutputs } from './plan/output-plan.ts';
import { followsFromStop, stopsRun } from './recording/error-rules.ts';
import type { RecordingProgress } from './recording/recording-progress.ts';
import { findRecordings } from './plan/find-recordings.ts';
import {
  type BatchReport,
  refusedResult,
  skippedResult,
  type TranscriptionResult,
} from './report/results.ts';
import { reportError } from '../core/reported-error.ts';
import { modelFor, settingsDigest } from './state/settings.ts';
import { TranscriptionTotals } from './report/totals.ts';
import { type Outcome, type Resumed, transcribeRecording } from './recording/transcribe-recording.ts';
import { type PendingRecording, checkFinished } from './plan/check-finished.ts';

/** Options of {@link transcribeBatch}: what to transcribe, how, and into which files. */
export interface BatchOptions {
  /** Files, folders (with their sub-folders), glob patterns, and `-` for `stdin`. */
  readonly inputs: readonly string[];
  /** Folder for all outputs, below which sub-folders of folders are kept. @default beside each input */
  readonly outputDir?: string | undefined;
  /** @default ['srt', 'jsonl'] */
  readonly formats?: readonly OutputFormat[] | undefined;
  /**
   * Recordings at a time.
   * @default the number of cores with the local engine, 4 with the cloud
   */
  readonly concurrency?: number | undefined;
  /** Transcribes finished recordings again, and replaces outputs that another program has written. @default false */
  readonly force?: boolean | undefined;
  /** Read for a `-` among the inputs. */
  readonly stdin?: Readable | undefined;
  /** How to transcribe each recording. Its `stop` and `signal` end the whole run. */
  readonly transcription: TranscribeOptions;
  readonly observer?: BatchObserver | undefined;
}

/** Callbacks that report the progress of a run. */
export interface BatchObserver {
  /** Called with each warning; `input` is missing when it is not about a single recording. */
  onWarning?(warning: FunAsrError, input?: string): void;
  /** Called once, before the first recording is begun: how many there are, and how many of them are not finished. */
  onPlan?(recordings: number, pending: number): void;
  /** Called once, when a recording is not finished, with the backend that will recognise it. */
  onBackend?(backend: Backend): void;
  /** Called when a recording is begun. */
  onBegin?(input: string): void;
  /** Called when earlier runs have recognised a part of a recording already. */
  onResume?(input: string, resumed: Resumed): void;
  onProgress?(input: string, progress: RecordingProgress): void;
  /** Called when the recognition of a recording was interrupted and continues in a new task. */
  onReconnect?(input: string, reconnect: Reconnect): void;
  /** Called once for every recording that is done, skipped, failed or interrupted; not for those that a stopped run has not begun. */
  onResult?(result: TranscriptionResult): void;
}

/** Recordings at a time with the cloud. The limits of the service are per account, so more would not help. */
const CLOUD_CONCURRENCY = 4;

/**
 * Transcribes recordings into files. Recordings that an earlier run has finished are skipped, outputs appear only when
 * they are complete, and a recording that fails does not stop the others. Before any audio is sent it is checked that all
 * outputs can be written and that FFmpeg and the engine are there.
 * @throws {FunAsrError} `E_NOTHING`, `E_OPTION`, `E_NO_KEY`, `E_FFMPEG_MISSING`, `E_ENGINE` or `E_MODEL_MISSING`, which
 * make the whole run impossible. Errors of single recordings, such as `E_LOCKED` for those whose output folder another
 * run uses, and later errors are in the report.
 */
export async function transcribeBatch(options: BatchOptions): Promise<BatchReport> {
  const { recordings, warnings } = await findRecordings(options.inputs);
  for (const warning of warnings) options.observer?.onWarning?.(warning);
  return new Batch(options).run(planOutputs(recordings, options.outputDir));
}

class Batch {
  readonly #options: BatchOptions;
  readonly #formats: readonly OutputFormat[];
  readonly #observer: BatchObserver;
  readonly #backendName: BackendName;
  readonly #folders = new OutputFolders((warning) => this.#observer.onWarning?.(warning));
  readonly #totals = new TranscriptionTotals();
  readonly #halt = new AbortController();
  /** Stops the work on all recordings immediately. */
  readonly #signal: AbortSignal;
  /** Stops reading recordings; audio that was read is still recognised. */
  readonly #stop: AbortSignal;
  #stoppedBy: FunAsrError | undefined;
  readonly #optionWarnings = new Set<string>();

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#formats = options.formats ?? DEFAULT_OUTPUT_FORMATS;
    this.#observer = options.observer ?? {};
    this.#backendName = backendNameFor(options.transcription);
    const { signal, stop } = options.transcription;
    this.#signal = AbortSignal.any([this.#halt.signal, ...(signal ? [signal] : [])]);
    this.#stop = AbortSignal.any(stop ? [stop] : []);
    // Every stage of every recording adds a listener.
    setMaxListeners(0, this.#signal, this.#stop);
  }

  async run(plans: readonly PlannedRecording[]): Promise<BatchReport> {
    try {
      const pending = await this.#findPending(plans);
      this.#observer.onPlan?.(plans.length, pending.length);
      if (pending.length > 0 && !this.#isStopped) await this.#transcribe(pending);
      return this.#totals.report(plans.length, this.#stoppedBy);
    } finally {
      await this.#folders.close();
    }
  }

  async #findPending(plans: readonly PlannedRecording[]): Promise<PendingRecording[]> {
    const pending: PendingRecording[] = [];
    const { force = false, transcription } = this.#options;
    const settings = settingsDigest(this.#backendName, transcription);
    for (const plan of plans) {
      if (this.#isStopped) break;
      try {
        const checked = await checkFinished(plan, this.#folders, {
          formats: this.#formats,
          force,
          settings,
        });
        if ('pending' in checked) pending.push(checked.pending);
        else this.#report(skippedResult(plan, checked.finished));
      } catch (cause) {
        const error = asFunAsrError(cause, plan.input);
        if (stopsRun(error)) throw error;
        this.#report(
          refusedResult(plan, this.#backendName, modelFor(this.#backendName, transcription), error),
        );
      }
    }
    return pending;
  }

  async #transcribe(pending: readonly PendingRecording[]): Promise<void> {
    const { transcription, concurrency } = this.#options;
    // A missing FFmpeg is reported before a model is downloaded.
    const old = ffmpegWarning(await findFfmpeg({ ffmpegPath: transcription.ffmpegPath }));
    if (old) this.#observer.onWarning?.(old);
    const backend = await chooseBackend({
      ...pick(transcription, BACKEND_RULES),
      signal: AbortSignal.any([this.#signal, this.#stop]),
    });
    try {
      this.#observer.onBackend?.(backend);
      const limit = pLimit(
        concurrency ?? (backend.name === 'local' ? availableParallelism() : CLOUD_CONCURRENCY),
      );
      await limit.map(pending, (recording) => this.#transcribeOne(recording, backend));
    } finally {
      await backend.close();
    }
  }

  async #transcribeOne(recording: PendingRecording, backend: Backend): Promise<void> {
    const { transcription, stdin = Readable.from([]) } = this.#options;
    if (this.#isStopped) return;
    this.#observer.onBegin?.(recording.input);
    const outcome = await transcribeRecording(recording, {
      backend,
      formats: this.#formats,
      transcription: { ...transcription, engine: backend, signal: this.#signal, stop: this.#stop },
      stdin,
      onResume: (input, resumed) => this.#observer.onResume?.(input, resumed),
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

  /** The error that stopped the run was reported already. A recording without outputs counts as not tried. */
  #reportHalted(outcome: Outcome, { hint }: FunAsrError): void {
    if (outcome.result.outputs.length === 0) return;
    const error = reportError(interrupted(outcome.result.input, hint));
    this.#report({ ...outcome.result, status: 'interrupted', error }, outcome.consumption);
  }

  get #isStopped(): boolean {
    return this.#signal.aborted || this.#stop.aborted;
  }

  /** An option without effect has no effect on any recording: that is reported once for the run. */
  #warn(warning: FunAsrError, input: string): void {
    if (warning.code !== 'W_OPTION') return this.#observer.onWarning?.(warning, input);
    if (this.#optionWarnings.has(warning.message)) return;
    this.#optionWarnings.add(warning.message);
    this.#observer.onWarning?.(warning);
  }

  #report(result: TranscriptionResult, consumption = NO_CONSUMPTION): void {
    this.#totals.add(result, consumption);
    this.#observer.onResult?.(result);
  }
}
