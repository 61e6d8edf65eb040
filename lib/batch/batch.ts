import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import { type Backend, type BackendName } from '../engines/backend.ts';
import { chooseBackend, BACKEND_RULES, backendNameFor } from '../engines/choose-backend.ts';
import { asFunAsrError, type FunAsrError, interrupted } from '../core/errors.ts';
import { pick } from '../core/options.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import { DEFAULT_OUTPUT_FORMATS, type OutputFormat } from '../subtitles/formats.ts';
import { NO_CONSUMPTION } from './report/consumption.ts';
import { OutputFolders } from './state/output-folder.ts';
import { type PlannedRecording, planTranscripts } from './plan/output-plan.ts';
import { followsFromStop, stopsRun } from './recording/error-rules.ts';
import type { RunEvent } from './recording/run-events.ts';
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
import { type Outcome, transcribeRecording } from './recording/transcribe-recording.ts';
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
  /** Called with each event of the run. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
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
  for (const detail of warnings) options.onEvent?.({ type: 'warning', detail });
  return new Batch(options).run(await planTranscripts(recordings, options.outputDir));
}

class Batch {
  readonly #options: BatchOptions;
  readonly #formats: readonly OutputFormat[];
  readonly #onEvent: (event: RunEvent) => void;
  readonly #backendName: BackendName;
  readonly #folders = new OutputFolders((detail) => this.#onEvent({ type: 'warning', detail }));
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
    this.#onEvent = options.onEvent ?? (() => {});
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
      this.#onEvent({
        type: 'plan',
        detail: { recordings: plans.length, pending: pending.length },
      });
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
    if (old) this.#onEvent({ type: 'warning', detail: old });
    const backend = await chooseBackend({
      ...pick(transcription, BACKEND_RULES),
      signal: AbortSignal.any([this.#signal, this.#stop]),
    });
    try {
      this.#onEvent({ type: 'backend', detail: backend });
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
    this.#onEvent({ type: 'begin', input: recording.input });
    const outcome = await transcribeRecording(recording, {
      backend,
      formats: this.#formats,
      transcription: { ...transcription, engine: backend, signal: this.#signal, stop: this.#stop },
      stdin,
      onEvent: (event) => this.#relay(event),
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
  #relay(event: RunEvent): void {
    if (event.type !== 'warning' || event.detail.code !== 'W_OPTION') return this.#onEvent(event);
    const { detail } = event;
    if (this.#optionWarnings.has(detail.message)) return;
    this.#optionWarnings.add(detail.message);
    this.#onEvent({ type: 'warning', detail });
  }

  #report(result: TranscriptionResult, consumption = NO_CONSUMPTION): void {
    this.#totals.add(result, consumption);
    this.#onEvent({ type: 'result', input: result.input, detail: result });
  }
}
