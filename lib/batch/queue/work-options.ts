import type { RunEvent } from '../recording/run-events.ts';
import type { WorkerEngines } from './job-transcription.ts';

/** Options of `workOnQueue`. */
export interface WorkOptions extends WorkerEngines {
  /** The folder that all workers share, as it is on this machine. @default the current folder */
  readonly root?: string | undefined;
  /** Recordings at a time. @default the number of cores with the local engine, 4 with the cloud */
  readonly concurrency?: number | undefined;
  /** Ends when the queue is empty. @default waits for more */
  readonly once?: boolean | undefined;
  /** New tasks a second of all workers together. @default 20, the limit of Fun-ASR */
  readonly rate?: number | undefined;
  /** Time until an engine of a list is tried again that could do no recording, in ms. @default 300000 */
  readonly engineRetryMs?: number | undefined;
  /** Stops reading recordings; audio that was read is still recognised. The recordings go back to the queue. */
  readonly stop?: AbortSignal | undefined;
  /** Stops at once. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** Called when there is nothing to do, before the worker waits. */
  readonly onIdle?: (() => void) | undefined;
  /** A worker that is silent for this time loses its recordings, in ms: the same for all workers. @default 60000 */
  readonly silenceMs?: number | undefined;
}
