import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import pMap from 'p-map';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import type { BackendName } from '../engines/backend.ts';
import { chooseBackend, BACKEND_RULES, backendNameFor } from '../engines/choose-backend.ts';
import { engineChoices, refuseSeveralEngines } from '../engines/engine-list.ts';
import { asFunAsrError, type FunAsrError, interrupted } from '../core/errors.ts';
import { pick } from '../core/options.ts';
import type { BatchOptions, SharedState } from './batch-options.ts';
import { DEFAULT_OUTPUT_FORMATS, type OutputFormat } from '../subtitles/formats.ts';
import { runCosts, type RunCosts, usedQuota } from './cost.ts';
import { RunResults } from './run-results.ts';
import { OutputFolders } from './state/output-folder.ts';
import type { PlannedRecording } from './plan/output-plan.ts';
import { followsFromStop, stopsRun } from './recording/error-rules.ts';
import type { RunEvent } from './recording/run-events.ts';
import { outputRoots, STDIN, STDIN_NAME } from './plan/find-recordings.ts';
import { type BatchReport, refusedResult, skippedResult } from './report/results.ts';
import { reportError } from '../core/reported-error.ts';
import { acceptedDigests, modelFor, onlyEngine } from './state/settings.ts';
import { JournalIndex } from './state/journal-index.ts';
import { journalName } from './state/journal/journal-name.ts';
import type { Outcome } from './recording/run-context.ts';
import type { KeptRecording, PendingRecording } from './plan/check-finished.ts';
import { CHECKS_AT_A_TIME, findPending } from './find-pending.ts';
import { type BatchEngines, type Means, transcribeWithEngines } from './engine-change.ts';
import { RunEngines } from './run-engines.ts';
import { plansOf } from './run-plans.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import { outputName } from './plan/output-names.ts';
import { writeKept } from './recording/write-kept.ts';

/** Recordings at a time with the cloud. The limits of the service are per account, so more would not help. */
export const CLOUD_CONCURRENCY = 4;

/** Recordings that are decoded or written while others are recognised, as a share of those. */
const PREPARED_SHARE = 0.5;

/**
 * Transcribes recordings into files. Recordings that an earlier run has finished are skipped, outputs appear only when
 * they are complete, and a recording that fails does not stop the others. Before any audio is sent it is checked that all
 * outputs can be written and that FFmpeg and the engine are there.
 * @throws {FunAsrError} `E_NOTHING`, `E_OPTION`, `E_NO_KEY`, `E_FFMPEG_MISSING`, `E_ENGINE` or `E_MODEL_MISSING`, which
 * make the whole run impossible. Errors of single recordings, such as `E_LOCKED` for those whose output folder another
 * run uses, and later errors are in the report.
 */
export async function transcribeBatch(options: BatchOptions): Promise<BatchReport> {
  return await new Batch(options).run(await plansOf(options));
}

/**
 * Transcribes recordings whose outputs are planned already, as {@link transcribeBatch} does.
 * @param shared Is not closed at the end.
 */
export async function transcribePlanned(
  plans: readonly PlannedRecording[],
  options: BatchOptions,
  shared: SharedState,
): Promise<BatchReport> {
  return await new Batch(options, shared).run(plans);
}

class Batch {
  readonly #options: BatchOptions;
  readonly #formats: readonly OutputFormat[];
  readonly #onEvent: (event: RunEvent) => void;
  /** One for each engine, in the order in which they are tried. */
  readonly #choices: readonly [TranscribeOptions, ...TranscribeOptions[]];
  /** The first engine: kept text belongs to its settings. */
  readonly #backendName: BackendName;
  readonly #folders: OutputFolders;
  readonly #shared: SharedState | undefined;
  readonly #results: RunResults;
  readonly #halt = new AbortController();
  /** Stops the work on all recordings immediately. */
  readonly #signal: AbortSignal;
  /** Stops reading recordings; audio that was read is still recognised. */
  readonly #stop: AbortSignal;
  /** Aborts when either of these does: one for all recordings, of which there may be very many. */
  readonly #ends: AbortSignal;
  /** Settings whose text is accepted. */
  readonly #settings: readonly string[];
  #stoppedBy: FunAsrError | undefined;
  #journals: JournalIndex;
  /** The last recording of this run that uses a journal. */
  readonly #byJournal = new Map<string, Promise<void>>();

  constructor(options: BatchOptions, shared?: SharedState) {
    this.#options = options;
    this.#shared = shared;
    this.#folders =
      shared?.folders ?? new OutputFolders((detail) => this.#onEvent({ type: 'warning', detail }));
    this.#journals = shared?.journals ?? new JournalIndex();
    this.#formats = options.formats ?? DEFAULT_OUTPUT_FORMATS;
    this.#onEvent = options.onEvent ?? (() => {});
    this.#results = new RunResults(this.#onEvent, options.report);
    this.#choices = engineChoices(options.transcription, options.nextEngines);
    const [first] = this.#choices;
    this.#backendName = backendNameFor(first);
    const { signal, stop } = options.transcription;
    this.#signal = AbortSignal.any([this.#halt.signal, ...(signal ? [signal] : [])]);
    this.#stop = AbortSignal.any(stop ? [stop] : []);
    this.#ends = AbortSignal.any([this.#signal, this.#stop]);
    this.#settings = acceptedDigests(this.#backendName, first);
    // Every stage of every recording adds a listener.
    setMaxListeners(0, this.#signal, this.#stop, this.#ends);
  }

  async run(plans: readonly PlannedRecording[]): Promise<BatchReport> {
    try {
      if (this.#choices.length > 1 && plans.some(({ input }) => input === STDIN))
        refuseSeveralEngines(STDIN_NAME);
      if (!this.#shared) {
        const { inputs, outputDir } = this.#options;
        const folders = new Set(plans.map(({ folder }) => folder));
        this.#journals = await JournalIndex.of(folders, await outputRoots(inputs, outputDir));
      }
      const { pending, kept } = await this.#findPending(plans);
      this.#onEvent({
        type: 'plan',
        detail: { recordings: plans.length, pending: pending.length },
      });
      await pMap(kept, (recording) => this.#writeKept(recording), { concurrency: CHECKS_AT_A_TIME });
      if (pending.length > 0 && !this.#isStopped) await this.#transcribe(pending);
      return await this.#results.report(plans.length, this.#stoppedBy, this.#journals);
    } finally {
      if (!this.#shared) await this.#folders.close();
    }
  }

  async #findPending(
    plans: readonly PlannedRecording[],
  ): Promise<{ pending: PendingRecording[]; kept: KeptRecording[] }> {
    const { layout, force = false } = this.#options;
    const options = {
      formats: this.#formats,
      layout,
      force,
      forceBefore: this.#shared?.forceBefore,
      settings: this.#settings,
      onlyBy: onlyEngine(this.#choices),
      journals: this.#journals,
      signal: this.#ends,
    };
    return await findPending(plans, this.#folders, options, {
      onFinished: (recording) => this.#results.add(skippedResult(recording, recording.entry), { recording }),
      onRefused: (plan, error) => this.#refuse(plan, error),
    });
  }

  #refuse(plan: PlannedRecording, error: FunAsrError): void {
    const model = modelFor(this.#backendName, this.#choices[0]);
    this.#results.add(refusedResult(plan, this.#backendName, model, error));
  }

  async #writeKept(recording: KeptRecording): Promise<void> {
    try {
      if (this.#isStopped) return;
      const { result, warnings, error } = await writeKept(recording, this.#options.layout);
      const { input } = recording;
      for (const detail of warnings) this.#onEvent({ type: 'warning', input, detail });
      if (error && stopsRun(error)) this.#stopBy(error);
      this.#results.add(result, { recording });
    } finally {
      await recording.claim.release();
    }
  }

  async #transcribe(pending: readonly PendingRecording[]): Promise<void> {
    const { transcription } = this.#options;
    // A worker counts what the queue has used.
    const used = this.#shared ? 0 : await usedQuota(await this.#folders.opened(), this.#options);
    const costs = new Map(
      this.#choices.map((choice) => {
        const name = backendNameFor(choice);
        return [choice, runCosts(name, choice, this.#options, used, this.#shared?.budget)];
      }),
    );
    // A missing FFmpeg is reported before a model is downloaded. An old one is of no interest in a run that cannot begin.
    const old = ffmpegWarning(await findFfmpeg({ ffmpegPath: transcription.ffmpegPath }));
    const engines = new RunEngines(
      this.#choices,
      async (choice) => await this.#open(choice, costs.get(choice) as RunCosts),
      this.#onEvent,
      this.#shared?.givenUp,
    );
    try {
      const { atATime, costs: firstCosts } = await engines.current();
      if (old) this.#onEvent({ type: 'warning', detail: old });
      // While some are recognised, the next ones are decoded already, and the outputs of the last ones are written. Where
      // costs are limited, the next ones must know what the service has counted.
      const prepared = firstCosts.isLimited ? 0 : Math.ceil(atATime * PREPARED_SHARE);
      const transcribe = async (recording: PendingRecording): Promise<void> => {
        try {
          if (this.#isStopped) return;
          await this.#transcribeOne(recording, engines);
        } catch (cause) {
          const error = asFunAsrError(cause, recording.input);
          if (stopsRun(error)) this.#stopBy(error);
          this.#refuse(recording, error);
        } finally {
          await recording.claim.release();
        }
      };
      await pMap(pending, transcribe, { concurrency: atATime + prepared });
    } finally {
      await engines.close();
    }
  }

  async #open(choice: TranscribeOptions, costs: RunCosts): Promise<Means> {
    const { concurrency } = this.#options;
    const backend = await (this.#shared?.openBackend ?? chooseBackend)({
      ...pick(choice, BACKEND_RULES),
      signal: this.#ends,
    });
    this.#results.addEngine(backend, costs);
    this.#onEvent({ type: 'backend', detail: backend });
    const atATime = concurrency ?? (backend.name === 'local' ? availableParallelism() : CLOUD_CONCURRENCY);
    return { backend, costs, atATime, sending: pLimit(atATime) };
  }

  /** Transcribes a recording. One with the same content as an earlier one of this run waits for that, and uses its text. */
  async #transcribeOne(recording: PendingRecording, engines: BatchEngines): Promise<void> {
    const { key, outputFolder, stem, claim } = recording;
    if (key.content === null) return await this.#transcribeNow(recording, engines);
    const name = journalName(key);
    const earlier = this.#byJournal.get(name);
    const transcribing = (async () => {
      if (earlier) {
        await earlier;
        await this.#journals.bring(key, outputFolder.statePath, claim);
        const { finished: record } = await this.#journals.read(key, outputFolder.statePath);
        const missing = this.#formats.map((format) => outputName(stem, format));
        if (record) {
          this.#onEvent({ type: 'begin', input: recording.input });
          return await this.#writeKept({ ...recording, record, found: { outputs: [], missing } });
        }
      }
      await this.#transcribeNow(recording, engines);
      this.#journals.add(key, outputFolder.statePath);
    })();
    this.#byJournal.set(name, transcribing);
    await transcribing;
  }

  async #transcribeNow(recording: PendingRecording, engines: BatchEngines): Promise<void> {
    if (this.#isStopped) return;
    this.#onEvent({ type: 'begin', input: recording.input });
    const startedAt = performance.now();
    const { transcription, layout, stdin = Readable.from([]) } = this.#options;
    const outcome = await transcribeWithEngines(recording, engines, {
      firstEngine: this.#backendName,
      formats: this.#formats,
      layout,
      transcription,
      signal: this.#signal,
      stop: this.#stop,
      stdin,
      onEvent: (event) => this.#results.relay(event),
    });
    if (!outcome) return;
    if (this.#stoppedBy && outcome.error && followsFromStop(outcome.error)) {
      return this.#reportHalted(outcome, recording, this.#stoppedBy);
    }
    if (outcome.error && stopsRun(outcome.error)) {
      this.#stopBy(outcome.error);
    }
    const { result, consumption } = outcome;
    this.#results.add(result, { recording, consumption, elapsedMs: performance.now() - startedAt });
  }

  /** The error that stopped the run was reported already. A recording without outputs counts as not tried. */
  #reportHalted(outcome: Outcome, recording: PendingRecording, { hint }: FunAsrError): void {
    if (outcome.result.outputs.length === 0) return;
    const error = reportError(interrupted(outcome.result.input, hint));
    const { consumption } = outcome;
    this.#results.add({ ...outcome.result, status: 'interrupted', error }, { recording, consumption });
  }

  #stopBy(error: FunAsrError): void {
    this.#stoppedBy ??= error;
    this.#halt.abort();
  }

  get #isStopped(): boolean {
    return this.#signal.aborted || this.#stop.aborted;
  }
}
