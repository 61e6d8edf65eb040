import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import { asFunAsrError, FunAsrError, interrupted, systemCode } from '../core/errors.ts';
import { pick } from '../core/options.ts';
import { reportError, reportSpan } from '../core/reported-error.ts';
import { formatSpan } from '../core/seconds.ts';
import type { Backend } from '../engines/backend.ts';
import { BACKEND_RULES, chooseBackend } from '../engines/choose-backend.ts';
import type { FinalSentence } from '../sentence.ts';
import { OUTPUT_FORMATS, type OutputFormat, type OutputLayout } from '../subtitles/formats.ts';
import type { SubtitleStream } from '../subtitles/writer.ts';
import { transcribe } from '../transcribe.ts';
import type { TranscribeEvent } from '../transcribe-events.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import { expectDuration, type ExpectedDuration } from './plan/expected-duration.ts';
import { STDIN, STDIN_NAME } from './plan/find-recordings.ts';
import { failedStatus, stopsRun } from './recording/error-rules.ts';
import { joinUnrecognized } from './recording/join-unrecognized.ts';
import { LossLog } from './recording/loss-log.ts';
import type { RunEvent } from './recording/run-events.ts';
import { consumptionOf, NO_CONSUMPTION } from './report/consumption.ts';
import type { BatchReport, TranscriptionResult } from './report/results.ts';
import { TranscriptionTotals } from './report/totals.ts';

/** Options of {@link transcribeTo}. */
export interface TranscribeToOptions {
  /** Path of a recording, or `-` for `stdin`. */
  readonly input: string;
  readonly stdin: Readable;
  /** Is written to, and not ended. */
  readonly output: Writable;
  /** Name of the output in results. */
  readonly outputName: string;
  readonly format: OutputFormat;
  /** @default as outputs are by default */
  readonly layout?: OutputLayout | undefined;
  readonly transcription: TranscribeOptions;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Transcribes one recording into a stream, such as standard output: a run without files, of which nothing is kept for a
 * later run.
 * @throws {FunAsrError} as `transcribeBatch` does, when the run is impossible. Later errors are in the report.
 */
export async function transcribeTo(options: TranscribeToOptions): Promise<BatchReport> {
  const { input, transcription, onEvent } = options;
  onEvent({ type: 'plan', detail: { recordings: 1, pending: 1 } });
  const old = ffmpegWarning(await findFfmpeg({ ffmpegPath: transcription.ffmpegPath }));
  if (old) onEvent({ type: 'warning', detail: old });
  const backend = await chooseBackend({ ...pick(transcription, BACKEND_RULES), signal: transcription.stop });
  try {
    onEvent({ type: 'backend', detail: backend });
    onEvent({ type: 'begin', input });
    const run = new StreamRun(options, backend);
    const error = await run.transcribe();
    const totals = new TranscriptionTotals();
    const result = run.result(error);
    totals.add(result, run.consumption);
    onEvent({ type: 'result', input, detail: result });
    return totals.report(1, error && stopsRun(error) ? error : undefined);
  } finally {
    await backend.close();
  }
}

/** The transcription of one recording into a stream. */
class StreamRun {
  readonly #options: TranscribeToOptions;
  readonly #backend: Backend;
  readonly #log = new LossLog();
  #expected: ExpectedDuration = {};
  #isWhole = false;
  #durationMs = 0;
  #sentences = 0;
  consumption = NO_CONSUMPTION;

  constructor(options: TranscribeToOptions, backend: Backend) {
    this.#options = options;
    this.#backend = backend;
  }

  /** @returns Why it failed, or was interrupted; undefined when it is done. */
  async transcribe(): Promise<FunAsrError | undefined> {
    const { input, output, transcription } = this.#options;
    try {
      if (input !== STDIN) {
        this.#expected = await expectDuration(input, transcription);
      }
      await pipeline(this.#finals(), this.#writer(), output, { end: false });
      if (!this.#isWhole) return interrupted(input, 'Run the same command again.');
      const gaps = this.#log.pending.gaps.map(formatSpan);
      if (gaps.length === 0) return undefined;
      const reason = `${input}: the service did not recognise ${gaps.join(', ')}`;
      return new FunAsrError('E_SERVER_SPAN', reason, { hint: 'Run the same command again.' });
    } catch (error) {
      // The reader of the output has closed it, as `head` does.
      return systemCode(error) === 'EPIPE' ? undefined : asFunAsrError(error, input);
    }
  }

  #writer(): SubtitleStream {
    const { format, layout = {}, input, onEvent } = this.#options;
    return OUTPUT_FORMATS[format](layout).on('warning', (detail) => {
      this.#log.addWarning(detail);
      onEvent({ type: 'warning', input, detail });
    });
  }

  result(error: FunAsrError | undefined): TranscriptionResult {
    const { input, outputName } = this.#options;
    const gaps = this.#log.pending.gaps.map(reportSpan);
    return {
      type: 'result',
      input,
      status: error ? failedStatus(error) : 'done',
      ...(gaps.length > 0 && { gaps }),
      outputs: [outputName],
      durationMs: this.#durationMs,
      sentences: this.#sentences,
      engine: this.#backend.name,
      model: this.#backend.model,
      partial: error ? this.#sentences > 0 : this.#log.hasLosses,
      warnings: joinUnrecognized(this.#log.warnings).map(reportError),
      ...(error && { error: reportError(error) }),
    };
  }

  async *#finals(): AsyncGenerator<FinalSentence> {
    const { input, stdin, transcription } = this.#options;
    const isStdin = input === STDIN;
    const sentences = transcribe(isStdin ? stdin : input, {
      ...transcription,
      engine: this.#backend,
      partials: false,
      ...(isStdin && { name: STDIN_NAME }),
      onEvent: (event) => this.#handle(event),
    });
    for await (const sentence of sentences) {
      this.#sentences += 1;
      yield sentence;
    }
  }

  #handle(event: TranscribeEvent): void {
    const { input, onEvent } = this.#options;
    switch (event.type) {
      case 'progress':
        this.#durationMs = Math.round(event.detail.audioMs);
        return onEvent({ type: 'progress', input, detail: { ...event.detail, ...this.#expected } });
      case 'end':
        this.#isWhole = event.detail.isWhole;
        return;
      case 'gap':
        return this.#log.addGap(event.detail);
      case 'metrics':
        this.consumption = consumptionOf(event.detail, this.#backend);
        return;
      case 'reconnect':
        return onEvent({ ...event, input });
      case 'warning':
        this.#log.addWarning(event.detail);
        onEvent({ ...event, input });
    }
  }
}
