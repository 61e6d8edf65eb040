import type { FinalSentence } from '../sentence.ts';
import type { RunCosts } from './cost.ts';
import type { PendingRecording } from './plan/check-finished.ts';
import { editedSentences, readTranscript } from './recording/write-kept.ts';
import type { Consumption } from './report/consumption.ts';
import { type ReportedRecording, type ReportOptions, writeHtmlReport } from './report/html-report.ts';
import type { BatchReport, TranscriptionResult } from './report/results.ts';
import type { JournalIndex } from './state/journal-index.ts';

/** What is known of a result beside it. */
export interface ResultDetails {
  /** Undefined when it was refused before its state was read. */
  readonly recording?: PendingRecording;
  readonly consumption?: Consumption;
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
  async write(report: BatchReport, journals: JournalIndex, costs: RunCosts | undefined): Promise<void> {
    const recordings: ReportedRecording[] = [];
    for (const { result, recording, consumption, elapsedMs } of this.#results) {
      const sentences = recording ? await sentencesOf(recording, result, journals) : [];
      const price = consumption && costs?.priceOf(consumption.billedSeconds * 1000);
      const cost = price && `${price.amount.toFixed(4)} ${price.currency}`;
      recordings.push({ result, sentences, cost, elapsedMs });
    }
    await writeHtmlReport(this.#options, recordings, report);
  }
}

/** The text of a recording. That of standard input is only in its outputs. */
async function sentencesOf(
  recording: PendingRecording,
  { outputs }: TranscriptionResult,
  journals: JournalIndex,
): Promise<readonly FinalSentence[]> {
  const { key, outputFolder } = recording;
  if (key.content === null) return await readTranscript(outputs.find((path) => path.endsWith('.jsonl')));
  const edited = await editedSentences(recording).catch(() => undefined);
  return edited ?? (await journals.read(key, outputFolder.statePath)).sentences;
}
