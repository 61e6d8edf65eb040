import type { BackendName } from '../../engines/backend.ts';
import { type BackendOptions, backendNameFor } from '../../engines/choose-backend.ts';
import { engineChoices } from '../../engines/engine-list.ts';
import type { EngineName } from '../../engines/engine-option.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';
import { acceptedDigests } from '../state/settings.ts';
import type { JobData } from './job.ts';

/** The engines of a worker. */
export interface WorkerEngines {
  /** Who recognises first. */
  readonly backend: BackendOptions;
  /** As in `BatchOptions`. */
  readonly nextEngines?: readonly EngineName[] | undefined;
  readonly ffmpegPath?: string | undefined;
}

/** How the recording of a job is transcribed: by the options of the job, and the engine of the worker. */
export function transcriptionOf(
  { options }: JobData,
  { backend, ffmpegPath }: WorkerEngines,
): TranscribeOptions {
  return { ...options, ...backend, model: options.model ?? backend.model, ffmpegPath };
}

/**
 * The digest of the settings that the text of a result belongs to.
 * @param by The engine of the result. With `auto`, the text may be one of the cloud that was finished before.
 */
export function digestOfResult(by: BackendName, job: JobData, engines: WorkerEngines): string {
  const [first] = engineChoices(transcriptionOf(job, engines), engines.nextEngines);
  const [own = '', cloud] = acceptedDigests(backendNameFor(first), first);
  return by === 'cloud' && cloud !== undefined ? cloud : own;
}
