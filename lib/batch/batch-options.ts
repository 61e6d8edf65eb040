import type { Readable } from 'node:stream';
import type { OutputFormat, OutputLayout } from '../subtitles/formats.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import type { chooseBackend } from '../engines/choose-backend.ts';
import type { EngineName } from '../engines/engine-option.ts';
import type { CostOptions, SharedBudget } from './cost.ts';
import type { JournalIndex } from './state/journal-index.ts';
import type { OutputFolders } from './state/output-folder.ts';
import type { GivenUpEngines } from './given-up-engines.ts';
import type { RunEvent } from './recording/run-events.ts';
import type { ReportOptions } from './report/html-report.ts';

/** Options of `transcribeBatch()`: what to transcribe, how, and into which files. */
export interface BatchOptions extends CostOptions {
  /** Files, folders (with their sub-folders), glob patterns, and `-` for `stdin`. */
  readonly inputs: readonly string[];
  /** Folder for all outputs, below which sub-folders of folders are kept. @default beside each input */
  readonly outputDir?: string | undefined;
  /** @default ['srt', 'jsonl'] */
  readonly formats?: readonly OutputFormat[] | undefined;
  /** Is added to the names of outputs: with `en`, `talk.mp3` gives `talk.en.srt`. @default nothing */
  readonly languageSuffix?: string | undefined;
  /** How the outputs are laid out. @default by the language of the text */
  readonly layout?: OutputLayout | undefined;
  /**
   * Recordings at a time.
   * @default the number of cores with the local engine, 4 with the cloud
   */
  readonly concurrency?: number | undefined;
  /** Transcribes finished recordings again, and replaces outputs that another program has written. @default false */
  readonly force?: boolean | undefined;
  /** Writes a page for the run, also for the recordings that earlier runs have finished. @default none */
  readonly report?: ReportOptions | undefined;
  /** Leaves out recordings for which it resolves with false. @default none */
  readonly accepts?: ((input: string) => Promise<boolean>) | undefined;
  /** Read for a `-` among the inputs. */
  readonly stdin?: Readable | undefined;
  /**
   * Engines after that of `transcription`: each continues recordings that the one before it cannot do, after their last final
   * sentence. @default none
   */
  readonly nextEngines?: readonly EngineName[] | undefined;
  /** How to transcribe each recording. Its `stop` and `signal` end the whole run. */
  readonly transcription: TranscribeOptions;
  /** Called with each event of the run. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** What the runs of a worker share: each is about one recording. */
export interface SharedState {
  readonly folders: OutputFolders;
  readonly journals: JournalIndex;
  /** As in `CheckFinishedOptions`. */
  readonly forceBefore?: number | undefined;
  /** What all workers may spend together. */
  readonly budget?: SharedBudget | undefined;
  /** Opens a backend that is not closed at the end of a run. */
  readonly openBackend: typeof chooseBackend;
  /** Engines of a list that can do no recording. The runs add to them. */
  readonly givenUp: GivenUpEngines;
}
