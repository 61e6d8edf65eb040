import { pMapIterable } from 'p-map';
import { asFunAsrError, FunAsrError } from '../../core/errors.ts';
import { isLocalModel } from '../../engines/models/choose-model.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';
import { DEFAULT_OUTPUT_FORMATS } from '../../subtitles/formats.ts';
import type { BatchOptions } from '../batch-options.ts';
import type { CostOptions } from '../cost.ts';
import { checkedPath, findFinished, ledgerKeys } from '../plan/check-finished.ts';
import { findRecordings, outputRoots, STDIN } from '../plan/find-recordings.ts';
import { type PlannedRecording, planTranscripts } from '../plan/output-plan.ts';
import { JournalIndex } from '../state/journal-index.ts';
import { type ReadFolder, readFolder } from '../state/output-folder.ts';
import { settingsDigest } from '../state/settings.ts';
import { type JobData, jobId, jobOptions, pathBelow } from './job.ts';
import type { JobQueue } from './job-queue.ts';

/** Recordings that are read at a time. */
const AT_A_TIME = 16;

/** Tries of a recording until it counts as failed, and the wait after the first one. Each wait is twice the one before. */
const ATTEMPTS = 5;
const FIRST_RETRY_MS = 10_000;

/** Options of {@link addRecordings}. */
export interface AddOptions
  extends Pick<
      BatchOptions,
      'inputs' | 'outputDir' | 'formats' | 'layout' | 'languageSuffix' | 'force' | 'transcription'
    >,
    CostOptions {
  /** The folder that all workers share: all inputs and outputs are below it. @default the current folder */
  readonly root?: string | undefined;
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
  /** Called with each recording that cannot be added, and why. */
  readonly onFailure?: ((input: string, error: FunAsrError) => void) | undefined;
  /** Called after each recording. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/** How many recordings were added. */
export interface Added {
  readonly added: number;
  /** Recordings that are finished, or in the queue already. */
  readonly skipped: number;
  /** Recordings that cannot be read. */
  readonly failed: number;
}

/**
 * Adds recordings to a queue. One that is in it already, and one that is finished, is skipped; one that has failed is
 * added again. Only text of the cloud counts as finished, unless a local model is named: which engine a worker has is not
 * known here. The worker checks again.
 * @throws {FunAsrError} `E_NOTHING`, `E_OPTION` when something is not below the root.
 */
export async function addRecordings(queue: JobQueue, options: AddOptions): Promise<Added> {
  const { inputs, outputDir, root = '.', onWarning, onFailure, onProgress } = options;
  if (inputs.includes(STDIN)) {
    throw new FunAsrError('E_OPTION', 'standard input cannot be added to a queue', {
      hint: 'Save it to a file that the workers can read.',
    });
  }
  const { recordings, warnings } = await findRecordings(inputs);
  for (const warning of warnings) onWarning?.(warning);
  const plans = await planTranscripts(recordings, outputDir, options.languageSuffix);
  // Before the first one is added.
  for (const { input, folder } of plans) {
    pathBelow(root, input);
    pathBelow(root, folder, true);
  }
  const finished = await FinishedRecordings.read(plans, options);
  const counts = { added: 0, skipped: 0, failed: 0 };
  let done = 0;
  // Read in parallel, added in their order. An error of one recording is thrown at its turn.
  const reads = pMapIterable(
    plans,
    async (plan) => {
      const [job] = await Promise.allSettled([finished.jobFor(plan)]);
      return { input: plan.input, job };
    },
    { concurrency: AT_A_TIME },
  );
  for await (const { input, job } of reads) {
    try {
      if (job.status === 'rejected') throw job.reason;
      const isAdded = job.value !== undefined && (await addJob(queue, job.value));
      counts[isAdded ? 'added' : 'skipped'] += 1;
    } catch (cause) {
      counts.failed += 1;
      onFailure?.(input, asFunAsrError(cause, input));
    }
    done += 1;
    onProgress?.(done, plans.length);
  }
  await finished.saveHashes();
  return counts;
}

/** Finds out which recordings are finished, and makes the jobs of the others. */
class FinishedRecordings {
  readonly #options: AddOptions;
  readonly #settings: readonly string[];
  readonly #journals: JournalIndex;
  readonly #folders = new Map<string, Promise<ReadFolder>>();
  readonly #addedAt = Date.now();

  static async read(plans: readonly PlannedRecording[], options: AddOptions): Promise<FinishedRecordings> {
    const roots = await outputRoots(options.inputs, options.outputDir);
    const journals = await JournalIndex.of(new Set(plans.map(({ folder }) => folder)), roots);
    return new FinishedRecordings(options, journals);
  }

  private constructor(options: AddOptions, journals: JournalIndex) {
    const { transcription } = options;
    this.#options = options;
    this.#settings = [digestOf(transcription)];
    this.#journals = journals;
  }

  /** @returns Undefined when the recording is finished. */
  async jobFor(plan: PlannedRecording): Promise<JobData | undefined> {
    const { formats = DEFAULT_OUTPUT_FORMATS, force = false, root = '.', transcription } = this.#options;
    const { maxCost, freeQuota, price } = this.#options;
    const { ledger, hashes, statePath } = await this.#folder(plan.folder);
    const { keys } = await ledgerKeys(plan, await checkedPath(plan), hashes, { settings: this.#settings });
    const { layout } = this.#options;
    const checks = { formats, layout, journals: this.#journals };
    const found = force ? undefined : await findFinished(plan, keys, ledger, checks, statePath);
    if (found?.record === undefined && found?.entry) return undefined;
    return {
      input: pathBelow(root, plan.input),
      folder: pathBelow(root, plan.folder, true),
      stem: plan.stem,
      formats,
      ...(layout && { layout }),
      content: keys[0].content ?? '',
      ...(force && { forceBefore: this.#addedAt }),
      ...(maxCost !== undefined && { maxCost }),
      ...(freeQuota !== undefined && { freeQuota }),
      ...(price !== undefined && { price }),
      options: jobOptions(transcription),
    };
  }

  /** So that the workers need not read the recordings again. */
  async saveHashes(): Promise<void> {
    for (const folder of this.#folders.values()) await (await folder).hashes.save();
  }

  #folder(folder: string): Promise<ReadFolder> {
    const known = this.#folders.get(folder) ?? readFolder(folder);
    this.#folders.set(folder, known);
    return known;
  }
}

/** The settings whose text counts as finished. */
function digestOf(transcription: TranscribeOptions): string {
  try {
    return settingsDigest(isLocalModel(transcription.model) ? 'local' : 'cloud', transcription);
  } catch (error) {
    // Only the workers may have the files of the model. Then no text is known to be finished.
    if (error instanceof FunAsrError && error.code === 'E_MODEL_REFUSED') return UNKNOWN_MODEL;
    throw error;
  }
}

/** Is no digest of settings. */
const UNKNOWN_MODEL = 'unknown model';

/**
 * Adds a job, instead of an earlier one of the same recording that has ended. One that waits gets the new formats too.
 * @returns False when it is in the queue already, and has not ended.
 */
async function addJob({ jobs }: JobQueue, data: JobData): Promise<boolean> {
  let id = jobId(data);
  const known = await jobs.getJob(id);
  if (known) {
    const state = await known.getState();
    const formats = [...new Set([...known.data.formats, ...data.formats])];
    const isNew =
      formats.length > known.data.formats.length ||
      data.forceBefore !== undefined ||
      JSON.stringify(data.layout) !== JSON.stringify(known.data.layout);
    if (state === 'completed' || state === 'failed') {
      await known.remove();
    } else if (!isNew) {
      return false;
    } else if (state !== 'active') {
      await known.updateData({ ...data, formats });
      return true;
    } else {
      // A worker has read the job already: this one follows it.
      id = `${id}-${data.formats.join('-')}`;
    }
  }
  await jobs.add('transcribe', data, {
    jobId: id,
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: FIRST_RETRY_MS, jitter: 0.5 },
  });
  return true;
}
