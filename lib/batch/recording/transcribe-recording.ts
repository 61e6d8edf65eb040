import type { Readable } from 'node:stream';
import type { Backend } from '../../engines/backend.ts';
import { asFunAsrError, FunAsrError, interrupted, type TimeSpan } from '../../core/errors.ts';
import type { Gap, Reconnect } from '../../recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../recognition/events/metrics.ts';
import { isSentenceEnd } from '../../sentence.ts';
import { type TranscribeOptions, type TranscribeProgress, transcribe } from '../../transcribe.ts';
import { addConsumption, type Consumption, NO_CONSUMPTION } from '../report/consumption.ts';
import { expectedDuration } from '../plan/expected-duration.ts';
import { checkUnchanged } from '../state/fingerprint.ts';
import type { OutputFormat } from '../../subtitles/formats.ts';
import { isLoss, isServiceFailure, isTransient } from './error-rules.ts';
import { gapError } from './gap-error.ts';
import { type OutputRecord, RecordingOutputs } from './recording-outputs.ts';
import { STDIN } from '../plan/find-recordings.ts';
import { lengthOf, type Part } from '../state/gaps.ts';
import { asError, type ReportedError, reportError } from '../../core/reported-error.ts';
import { type TranscriptionResult } from '../report/results.ts';
import type { PendingRecording } from '../plan/check-finished.ts';

/** Progress of a recording: how much of it was sent and recognised, earlier runs included, in ms. */
export interface RecordingProgress extends TranscribeProgress {
  /** Length of the whole recording; undefined when its header does not have it. */
  readonly durationMs: number | undefined;
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

/** Shared by all recordings of a run. */
export interface RunContext {
  readonly engine: Backend;
  readonly formats: readonly OutputFormat[];
  readonly transcription: TranscribeOptions;
  /** Read when the input is standard input. */
  readonly stdin: Readable;
  /** Called when earlier runs have recognised a part of the recording already. */
  readonly onResume: (input: string, resumed: Resumed) => void;
  readonly onProgress: (input: string, progress: RecordingProgress) => void;
  /** Called when the recognition was interrupted and continues in a new task. */
  readonly onReconnect: (input: string, reconnect: Reconnect) => void;
  readonly onWarning: (warning: FunAsrError, input: string) => void;
}

/** Result of one recording, its error, and the audio that was sent. */
export interface Outcome {
  readonly result: TranscriptionResult;
  readonly error?: FunAsrError;
  readonly consumption: Consumption;
}

/**
 * Transcribes one recording into all its outputs. Audio that an earlier run, or the first attempt of this run, has
 * recognised is in the journal and is not sent again. Never throws: an error is in the outcome.
 */
export async function transcribeRecording(recording: PendingRecording, run: RunContext): Promise<Outcome> {
  const first = await new Attempt(recording, run).outcome();
  const { signal, stop } = run.transcription;
  const isOver = recording.input === STDIN || signal?.aborted || stop?.aborted;
  if (isOver || !first.error || !isTransient(first.error)) return first;
  const again = new FunAsrError('W_DECODE_AGAIN', `${first.error.message}; decoding it again`, {
    cause: first.error,
  });
  const second = await new Attempt(recording, run, [again]).outcome();
  return { ...second, consumption: addConsumption(first.consumption, second.consumption) };
}

/** One attempt to transcribe a recording. */
class Attempt {
  readonly #recording: PendingRecording;
  readonly #run: RunContext;
  readonly #warnings: FunAsrError[] = [];
  /** Given up since the last sentence. */
  readonly #gaps: Gap[] = [];
  /** Warnings about missing words since the last sentence. */
  readonly #losses: FunAsrError[] = [];
  /** Why the last gap was given up. */
  #gapReason: FunAsrError | undefined;
  #outputs: RecordingOutputs | undefined;
  /** How much of the recording was recognised before the current part, in ms. */
  #doneMs = 0;
  /** Where the audio ends that was sent, in ms, while a part is under way. */
  #sentMs: number | undefined;
  #audioMs = 0;
  /** End of the last sentence of the current part, in ms. */
  #finalMs = 0;
  #consumption = NO_CONSUMPTION;

  constructor(recording: PendingRecording, run: RunContext, warnings: readonly FunAsrError[] = []) {
    this.#recording = recording;
    this.#run = run;
    for (const warning of warnings) this.#warn(warning);
  }

  async outcome(): Promise<Outcome> {
    const { input, outputFolder, stem, key } = this.#recording;
    try {
      const outputs = await RecordingOutputs.create(outputFolder, stem, key, this.#run.formats);
      this.#outputs = outputs;
      this.#resume(outputs);
      await this.#transcribe(outputs);
      // The text must be of one state of the recording.
      if (key.fingerprint !== null) await checkUnchanged(input, key.fingerprint);
      if (outputs.gaps.length > 0) throw gapError(input, outputs.gaps, this.#gapReason);
      return this.#outcome({ status: 'done', outputs: await outputs.finish(this.#record()) });
    } catch (cause) {
      const error = asFunAsrError(cause, input);
      return this.#outcome({ status: 'failed', outputs: await this.#keep() }, error);
    }
  }

  #resume({ endMs, gaps, parts, losses }: RecordingOutputs): void {
    if (endMs === 0) return;
    this.#audioMs = endMs;
    this.#doneMs = endMs - lengthOf(gaps);
    this.#run.onResume(this.#recording.input, {
      doneMs: this.#doneMs,
      gaps: parts.flatMap(({ gap }) => gap ?? []),
      fromMs: parts.find(({ gap }) => !gap)?.fromMs,
    });
    for (const loss of losses) this.#report(asError(loss));
  }

  async #transcribe(outputs: RecordingOutputs): Promise<void> {
    const { input } = this.#recording;
    const { transcription } = this.#run;
    const durationMs = input === STDIN ? undefined : await expectedDuration(input, transcription);
    const failed: { readonly part: Part; readonly rest: TimeSpan }[] = [];
    for (const part of outputs.parts) {
      try {
        await this.#transcribePart(outputs, part, durationMs);
      } catch (error) {
        if (!part.gap || !isServiceFailure(error)) throw error;
        this.#gapReason = error;
        failed.push({ part, rest: { beginMs: this.#finalMs, endMs: part.gap.endMs } });
        this.#takeLosses();
      }
    }
    // Only now: a service that fails on other parts too has an outage, which does not count as a retry of a gap.
    for (const { part, rest } of failed) await outputs.completePart(part, rest.endMs, [rest]);
  }

  async #transcribePart(
    outputs: RecordingOutputs,
    part: Part,
    durationMs: number | undefined,
  ): Promise<void> {
    const { input } = this.#recording;
    let isWhole = false;
    this.#finalMs = part.fromMs;
    const sentences = transcribe(input === STDIN ? this.#run.stdin : input, {
      ...this.#run.transcription,
      // Sentences get their numbers in the outputs.
      after: { sentence_id: 0, end_time: part.fromMs },
      untilMs: part.untilMs,
      onProgress: ({ audioMs, finalMs }) => {
        this.#sentMs = Math.round(audioMs);
        this.#audioMs = Math.max(this.#audioMs, this.#sentMs);
        const doneMs = this.#doneMs - part.fromMs;
        this.#run.onProgress(input, { audioMs: doneMs + audioMs, finalMs: doneMs + finalMs, durationMs });
      },
      onEnd: (end) => {
        isWhole = end.isWhole;
      },
      onReconnect: (reconnect) => this.#run.onReconnect(input, reconnect),
      onGap: (gap) => {
        this.#gaps.push(gap);
        this.#gapReason = gap.reason;
      },
      onMetrics: (metrics) => {
        const consumption = consumptionOf(metrics, this.#run.engine);
        this.#consumption = addConsumption(this.#consumption, consumption);
      },
      onWarning: (warning) => this.#warn(warning),
    });
    for await (const sentence of sentences) {
      if (!isSentenceEnd(sentence)) continue;
      await outputs.write(part, sentence, ...this.#takeLosses());
      this.#finalMs = sentence.end_time;
    }
    // A transcript must be of the whole recording.
    if (!isWhole) throw interrupted(input);
    const endMs = this.#sentMs ?? part.fromMs;
    await outputs.completePart(part, endMs, ...this.#takeLosses());
    this.#doneMs += endMs - part.fromMs;
    this.#sentMs = undefined;
  }

  /** What was lost since this was last called, for the journal. */
  #takeLosses(): [gaps: TimeSpan[], losses: ReportedError[]] {
    return [this.#gaps.splice(0).map(spanOf), this.#losses.splice(0).map(reportError)];
  }

  #warn(warning: FunAsrError): void {
    if (isLoss(warning)) {
      // A part that is sent again may give a warning of an earlier run once more.
      if (this.#warnings.some((known) => isSameLoss(known, warning))) return;
      this.#losses.push(warning);
    }
    this.#report(warning);
  }

  #report(warning: FunAsrError): void {
    this.#warnings.push(warning);
    this.#run.onWarning(warning, this.#recording.input);
  }

  /** After a failure: keeps what was recognised or given up, if there is any. */
  async #keep(): Promise<string[]> {
    const outputs = this.#outputs;
    try {
      if (outputs && (outputs.sentences > 0 || outputs.gaps.length > 0)) {
        return await outputs.keepPartial(this.#record(), this.#sentMs);
      }
    } catch {
      // The first error is reported; this one most often has the same cause.
    }
    await outputs?.discard();
    return [];
  }

  get #isPartial(): boolean {
    return this.#warnings.some(isLoss);
  }

  #record(): OutputRecord {
    return {
      durationMs: this.#audioMs,
      sentences: this.#outputs?.sentences ?? 0,
      engine: this.#run.engine.engine,
      model: this.#run.engine.model,
      isPartial: this.#isPartial,
    };
  }

  /** Parts of the recording that are not in the text because the service did not recognise them. */
  get #missing(): { begin: number; end: number }[] {
    const spans = [...(this.#outputs?.gaps ?? []), ...this.#gaps.map(spanOf)];
    return spans.map(({ beginMs, endMs }) => ({ begin: beginMs, end: endMs }));
  }

  #outcome(
    { status, outputs }: Pick<TranscriptionResult, 'status' | 'outputs'>,
    error?: FunAsrError,
  ): Outcome {
    const { durationMs, sentences, engine, model } = this.#record();
    const gaps = this.#missing;
    return {
      result: {
        type: 'result',
        input: this.#recording.input,
        status,
        ...(gaps.length > 0 && { gaps }),
        outputs,
        durationMs,
        sentences,
        engine,
        model,
        partial: error ? outputs.length > 0 : this.#isPartial,
        warnings: this.#warnings.map(reportError),
        ...(error && { error: reportError(error) }),
      },
      ...(error && { error }),
      consumption: this.#consumption,
    };
  }
}

function isSameLoss(one: FunAsrError, other: FunAsrError): boolean {
  return one.message === other.message && one.span?.beginMs === other.span?.beginMs;
}

/** Whole milliseconds around a gap. */
function spanOf({ begin_time, end_time }: Gap): TimeSpan {
  return { beginMs: Math.floor(begin_time), endMs: Math.ceil(end_time) };
}

/** The local engine bills nothing, although its service counts seconds. */
function consumptionOf(
  { sentMs, resentMs, billedSeconds }: RecognitionMetrics,
  { engine }: Backend,
): Consumption {
  return { sentMs, resentMs, billedSeconds: engine === 'cloud' ? billedSeconds : 0 };
}
