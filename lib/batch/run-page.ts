import type { FinalSentence } from '../sentence.ts';
import type { Cost } from './cost.ts';
import type { KnownRecording } from './plan/check-finished.ts';
import { editedSentences, readOutput } from './recording/write-kept.ts';
import { type ReportedRecording, type ReportOptions, writeHtmlReport } from './report/html-report.ts';
import type { BatchReport, TranscriptionResult } from './report/results.ts';
import type { JournalIndex } from './state/journal-index.ts';
import type { FolderState } from './state/output-folder.ts';

/** A recording whose text can be read. */
export type ReadRecording = Pick<KnownRecording, 'key' | 'stem'> & { readonly outputFolder: FolderState };

/** What is known of a result beside it. */
export interface ResultDetails {
  /** Undefined when it was refused before its state was read. */
  readonly recording?: ReadRecording | undefined;
  /** Cost of what was sent; undefined when it is not known, or nothing. */
  readonly cost?: Cost | undefined;
  readonly elapsedMs?: number;
}

/** Collects the results of a run for its HTML page. */
export class RunPage {
  readonly #options: ReportOptions;
  readonly #results: (ResultDetails & { readonly result: TranscriptionResult })[] = [];

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  add(result: TranscriptionResult, details: ResultDetails): void {
    this.#results.push({ result, ...details });
  }

  /** @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`. */
  async write(report: BatchReport, journals: JournalIndex): Promise<void> {
    const recordings: ReportedRecording[] = [];
    for (const { result, recording, cost, elapsedMs } of this.#results) {
      const sentences = recording ? await sentencesOf(recording, result, journals) : [];
      const price = cost && `${cost.amount.toFixed(4)} ${cost.currency}`;
      recordings.push({ result, sentences, cost: price, elapsedMs });
    }
    await writeHtmlReport(this.#options, recordings, report);
  }
}

/** The text of a recording. That of standard input is only in its outputs. */
async function sentencesOf(
  recording: ReadRecording,
  { outputs }: TranscriptionResult,
  journals: JournalIndex,
): Promise<readonly FinalSentence[]> {
  const { key, outputFolder } = recording;
  if (key.content === null) {
    const path = outputs.find((output) => output.endsWith('.jsonl'));
    return path === undefined ? [] : await readOutput(path);
  }
  const edited = await editedSentences(recording).catch(() => undefined);
  return edited ?? (await journals.read(key, outputFolder.statePath)).sentences;
}
