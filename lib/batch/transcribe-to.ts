import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ffmpegWarning, findFfmpeg } from '../audio/ffmpeg/find-ffmpeg.ts';
import { asFunAsrError, FunAsrError, interrupted, systemCode } from '../core/errors.ts';
import { pick } from '../core/options.ts';
import { reportError, reportSpan } from '../core/reported-error.ts';
import { formatSpan } from '../core/seconds.ts';
import type { BackendName } from '../engines/backend.ts';
import { BACKEND_RULES, chooseBackend } from '../engines/choose-backend.ts';
import { engineChoices, refuseSeveralEngines } from '../engines/engine-list.ts';
import type { EngineName } from '../engines/engine-option.ts';
import { OpenRecording } from '../recognition/events/open-recording.ts';
import { BEGINNING, type FinalSentence, type LastSentence } from '../sentence.ts';
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
import { addConsumption, consumptionOf, NO_CONSUMPTION } from './report/consumption.ts';
import type { BatchReport, TranscriptionResult } from './report/results.ts';
import { type OpenEngine, RunEngines } from './run-engines.ts';
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
  /** As in `BatchOptions`. Standard input cannot be read again by another engine. @default none */
  readonly nextEngines?: readonly EngineName[] | undefined;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Transcribes one recording into a stream, such as standard output: a run without files, of which nothing is kept for a
 * later run.
 * @throws {FunAsrError} as `transcribeBatch` does, when the run is impossible. Later errors are in the report.
 */
export async function transcribeTo(options: TranscribeToOptions): Promise<BatchReport> {
  const { input, transcription, nextEngines, onEvent } = options;
  onEvent({ type: 'plan', detail: { recordings: 1, pending: 1 } });
  const old = ffmpegWarning(await findFfmpeg({ ffmpegPath: transcription.ffmpegPath }));
  const choices = engineChoices(transcription, nextEngines);
  if (choices.length > 1 && input === STDIN) refuseSeveralEngines(STDIN_NAME);
  const open = async (choice: TranscribeOptions): Promise<OpenEngine> => {
    const backend = await chooseBackend({ ...pick(choice, BACKEND_RULES), signal: transcription.stop });
    onEvent({ type: 'backend', detail: backend });
    return { backend };
  };
  const engines = new RunEngines(choices, open, onEvent);
  try {
    const engine = await engines.current();
    if (old) onEvent({ type: 'warning', detail: old });
    onEvent({ type: 'begin', input });
    const run = new StreamRun(options, engines, engine);
    const error = await run.transcribe();
    const totals = new TranscriptionTotals();
    const result = run.result(error);
    totals.add(result, run.consumption);
    onEvent({ type: 'result', input, detail: result });
    return totals.report(1, error && stopsRun(error) ? error : undefined);
  } finally {
    await engines.close();
  }
}

/** The transcription of one recording into a stream. */
class StreamRun {
  readonly #options: TranscribeToOptions;
  readonly #engines: RunEngines<TranscribeOptions, OpenEngine>;
  #engine: OpenEngine;
  /** Those that have recognised something. */
  readonly #names = new Set<BackendName>();
  #last: LastSentence = BEGINNING;
  readonly #log = new LossLog();
  #expected: ExpectedDuration = {};
  #isWhole = false;
  #durationMs = 0;
  #sentences = 0;
  consumption = NO_CONSUMPTION;

  constructor(
    options: TranscribeToOptions,
    engines: RunEngines<TranscribeOptions, OpenEngine>,
    engine: OpenEngine,
  ) {
    this.#options = options;
    this.#engines = engines;
    this.#engine = engine;
  }

  /** @returns Why it failed, or was interrupted; undefined when it is done. */
  async transcribe(): Promise<FunAsrError | undefined> {
    const recording = new OpenRecording(this.#options.input);
    const error = await recording.run(() => this.#transcribe());
    const state = error?.code === 'E_INTERRUPTED' ? 'aborted' : error ? 'failed' : 'finished';
    recording.end(state, { durationMs: this.#durationMs, sentences: this.#sentences, error });
    return error;
  }

  async #transcribe(): Promise<FunAsrError | undefined> {
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
    const { backend } = this.#engine;
    const gaps = this.#log.pending.gaps.map(reportSpan);
    return {
      type: 'result',
      input,
      status: error ? failedStatus(error) : 'done',
      ...(gaps.length > 0 && { gaps }),
      outputs: [outputName],
      durationMs: this.#durationMs,
      sentences: this.#sentences,
      engine: backend.name,
      ...(this.#names.size > 1 && { engines: [...this.#names] }),
      model: backend.model,
      partial: error ? this.#sentences > 0 : this.#log.hasLosses,
      warnings: joinUnrecognized(this.#log.warnings).map(reportError),
      ...(error && { error: reportError(error) }),
    };
  }

  async *#finals(): AsyncGenerator<FinalSentence> {
    const { input } = this.#options;
    for (;;) {
      try {
        yield* this.#finalsOf(this.#engine);
        this.#names.add(this.#engine.backend.name);
        return;
      } catch (cause) {
        const error = asFunAsrError(cause, input);
        const next = await this.#engines.after(this.#engine, error, input);
        if (!next) throw cause;
        this.#engine = next;
      }
    }
  }

  /** What one engine recognises of the rest. */
  async *#finalsOf({ backend }: OpenEngine): AsyncGenerator<FinalSentence> {
    const { input, stdin, transcription } = this.#options;
    const isStdin = input === STDIN;
    const sentences = transcribe(isStdin ? stdin : input, {
      ...transcription,
      engine: backend,
      ...(this.#last !== BEGINNING && { after: this.#last }),
      partials: false,
      ...(isStdin && { name: STDIN_NAME }),
      onEvent: (event) => this.#handle(event),
    });
    for await (const sentence of sentences) {
      this.#sentences += 1;
      this.#names.add(backend.name);
      this.#last = sentence;
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
        this.consumption = addConsumption(
          this.consumption,
          consumptionOf(event.detail, this.#engine.backend),
        );
        return;
      case 'reconnect':
        return onEvent({ ...event, input });
      case 'warning':
        this.#log.addWarning(event.detail);
        onEvent({ ...event, input });
    }
  }
}
