import type { FunAsrError, TimeSpan } from '../../core/errors.ts';
import type { ReportedError } from '../../core/reported-error.ts';
import type { Backend, BackendName } from '../../engines/backend.ts';
import type { TranscribeEventMap } from '../../transcribe-events.ts';
import type { RecordingResult, TranscriptionResult } from '../report/results.ts';
import type { RecordingProgress } from './recording-progress.ts';

/** An event of a run of any kind: `type` says which, `input` names the recording, `detail` is what goes with it. */
export type RunEventOf<Result extends RecordingResult, Progress> =
  /** A warning; `input` is missing when it is not about a single recording. */
  | { readonly type: 'warning'; readonly input?: string; readonly detail: FunAsrError }
  /** Once, before the first recording is begun: how many there are, and how many of them are not finished. */
  | { readonly type: 'plan'; readonly detail: { readonly recordings: number; readonly pending: number } }
  /** A recording is begun. */
  | { readonly type: 'begin'; readonly input: string }
  | { readonly type: 'progress'; readonly input: string; readonly detail: Progress }
  /**
   * Once for every recording that is done, skipped, failed or interrupted; not for those that a stopped run has not
   * begun.
   */
  | { readonly type: 'result'; readonly input: string; readonly detail: Result };

/** An event of a run that transcribes. */
export type RunEvent =
  | RunEventOf<TranscriptionResult, RecordingProgress>
  /** Once for each engine, before the first recording that it recognises. */
  | { readonly type: 'backend'; readonly detail: Backend }
  /**
   * An engine cannot do a recording, or any recording of the run, and the next one continues it. `input` is missing when it is
   * all recordings.
   */
  | { readonly type: 'fallback'; readonly input?: string; readonly detail: Fallback }
  /** Earlier runs, or another engine of this run, have recognised a part of the recording already. */
  | { readonly type: 'resume'; readonly input: string; readonly detail: Resumed }
  /** A worker of a queue could not do a recording: it is tried again later, by any worker. */
  | { readonly type: 'retry'; readonly input: string; readonly detail: ReportedError }
  /** The recognition was interrupted and continues in a new task. */
  | { readonly type: 'reconnect'; readonly input: string; readonly detail: TranscribeEventMap['reconnect'] };

/** The change from one engine to the next. */
export interface Fallback {
  readonly from: BackendName;
  readonly to: BackendName;
  /** Why the first one cannot continue. */
  readonly error: FunAsrError;
}

/** What earlier runs have left of a recording. */
export interface Resumed {
  /** Audio that was recognised already, in ms. */
  readonly doneMs: number;
  /** Parts that are sent again because the service did not recognise them. */
  readonly gaps: readonly TimeSpan[];
  /** Where the part begins that was never recognised, in ms; undefined when there is none. */
  readonly fromMs: number | undefined;
}
