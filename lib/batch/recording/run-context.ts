import type { Readable } from 'node:stream';
import type { FunAsrError } from '../../core/errors.ts';
import type { Backend, BackendName } from '../../engines/backend.ts';
import type { OutputFormat, OutputLayout } from '../../subtitles/formats.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';
import type { RunCosts } from '../cost.ts';
import type { Consumption } from '../report/consumption.ts';
import type { TranscriptionResult } from '../report/results.ts';
import type { RunEvent } from './run-events.ts';

/** Shared by all recordings of a run. */
export interface RunContext {
  readonly backend: Backend;
  /** The engine of the settings: another one may continue what it cannot do. */
  readonly firstEngine: BackendName;
  /** Whether another engine of this run has begun the recording. @default false */
  readonly isContinued?: boolean | undefined;
  readonly formats: readonly OutputFormat[];
  readonly layout?: OutputLayout | undefined;
  readonly transcription: TranscribeOptions;
  readonly costs: RunCosts;
  /** Read when the input is standard input. */
  readonly stdin: Readable;
  readonly onEvent: (event: RunEvent) => void;
  /** Called when all of the recording is recognised, before its outputs are complete. */
  readonly onRecognized: () => void;
}

/** Result of one recording, its error, and the audio that was sent. */
export interface Outcome {
  readonly result: TranscriptionResult;
  readonly error?: FunAsrError;
  readonly consumption: Consumption;
}
