import type { Readable } from 'node:stream';
import type { ChosenEngine } from '../../engines/engine.ts';
import { asFunAsrError, FunAsrError, interrupted, type TimeSpan } from '../../core/errors.ts';
import type { Gap, Reconnect } from '../../recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../recognition/events/metrics.ts';
import { isSentenceEnd } from '../../sentence.ts';
import { type TranscribeOptions, type TranscribeProgress, transcribe } from '../../transcribe.ts';
import { addConsumption, type Consumption, NO_CONSUMPTION } from '../consumption.ts';
import { expectedDuration } from '../plan/expected-duration.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { Format } from '../formats.ts';
import { deservesAnotherTry, isLoss } from './recording-failure.ts';
import { type OutputRecord, RecordingOutputs } from './recording-outputs.ts';
import { STDIN } from '../plan/recordings.ts';
import { isRetried, lengthOf, type OpenGap, type Part } from '../state/remainder.ts';
import { asError, type ReportedError, reportError, type TranscriptionResult } from '../report.ts';
import type { Job } from '../plan/triage.ts';

/** Progress of a recording: how much of it was sent and recognised, earlier runs included, in ms. */
export interface RecordingProgress extends TranscribeProgress {
  /** Length of the whole recording; undefined when its header does not say. */
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

/** What all recordings of a run share. */
export interface RunContext {
  readonly engine: ChosenEngine;
  readonly formats: readonly Format[];
  readonly transcription: TranscribeOptions;
  /** Read when a job says standard input. */
  readonly stdin: Readable;
  /** Called when earlier runs have recognised a part of the recording already. */
  readonly onResume: (input: string, resumed: Resumed) => void;
  readonly onProgress: (input: string, progress: RecordingProgress) => void;
  /** Called when the recognition was cut off and goes on in a new task. */
  readonly onReconnect: (input: string, reconnect: Reconnect) => void;
  readonly onWarning: (warning: FunAsrError, input: string) => void;
}

/** What became of one recording, and what it cost. */
export interface Outcome {
  readonly result: TranscriptionResult;
  readonly error?: FunAsrError;
  readonly consumption: Consumption;
}

/**
 * Transcribes one recording into all its outputs. What an earlier run, or the first try of this one, has recognised
 * is in its journal and not sent again. Whatever goes wrong is in the outcome, nothing is thrown.
 */
export async function transcribeRecording(job: Job, run: RunContext): Promise<Outcome> {
  const first = await new RecordingRun(job, run).outcome();
  const { signal, stop } = run.transcription;
  const isOver = job.input === STDIN || signal?.aborted || stop?.aborted;
  if (isOver || !first.error || !deservesAnotherTry(first.error)) return first;
  const again = new FunAsrError('W_DECODE_AGAIN', `${first.error.message}; trying once more`, {
    cause: first.error,
  });
  const second = await new RecordingRun(job, run, [again]).outcome();
  return { ...second, consumption: addConsumption(first.consumption, second.consumption) };
}

/** One try. */
class RecordingRun {
  readonly #job: Job;
  readonly #run: RunContext;
  readonly #warnings: FunAsrError[] = [];
  /** Given up since the last sentence. */
  readonly #gaps: Gap[] = [];
  /** Warnings about missing words since the last sentence. */
  readonly #losses: FunAsrError[] = [];
  #lastGap: Gap | undefined;
  #outputs: RecordingOutputs | undefined;
  /** How much of the recording was recognised before the current part, in ms. */
  #doneMs = 0;
  /** Where the audio ends that was sent, in ms, while a part is under way. */
  #sentMs: number | undefined;
  #audioMs = 0;
  #consumption = NO_CONSUMPTION;

  constructor(job: Job, run: RunContext, warnings: readonly FunAsrError[] = []) {
    this.#job = job;
    this.#run = run;
    for (const warning of warnings) this.#warn(warning);
  }

  async outcome(): Promise<Outcome> {
    const { outputFolder, stem, key } = this.#job;
    try {
      const outputs = await RecordingOutputs.create(outputFolder, stem, key, this.#run.formats);
      this.#outputs = outputs;
      this.#resume(outputs);
      await this.#transcribe(outputs);
      await this.#checkUnchanged();
      if (outputs.gaps.length > 0) throw this.#unrecognised(outputs.gaps);
      return this.#outcome({ status: 'done', outputs: await outputs.finish(this.#record()) });
    } catch (cause) {
      const error = asFunAsrError(cause, this.#job.input);
      return this.#outcome({ status: 'failed', outputs: await this.#keep() }, error);
    }
  }

  #resume({ endMs, gaps, parts, losses }: RecordingOutputs): void {
    if (endMs === 0) return;
    this.#audioMs = endMs;
    this.#doneMs = endMs - lengthOf(gaps);
    this.#run.onResume(this.#job.input, {
      doneMs: this.#doneMs,
      gaps: parts.flatMap(({ gap }) => gap ?? []),
      fromMs: parts.find(({ gap }) => !gap)?.fromMs,
    });
    for (const loss of losses) this.#report(asError(loss));
  }

  async #transcribe(outputs: RecordingOutputs): Promise<void> {
    const { input } = this.#job;
    const { transcription } = this.#run;
    const durationMs = input === STDIN ? undefined : await expectedDuration(input, transcription);
    for (const part of outputs.parts) await this.#transcribePart(outputs, part, durationMs);
  }

  async #transcribePart(
    outputs: RecordingOutputs,
    part: Part,
    durationMs: number | undefined,
  ): Promise<void> {
    const { input } = this.#job;
    let isWhole = false;
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
        this.#lastGap = gap;
      },
      onMetrics: (metrics) => {
        const consumption = consumptionOf(metrics, this.#run.engine);
        this.#consumption = addConsumption(this.#consumption, consumption);
      },
      onWarning: (warning) => this.#warn(warning),
    });
    for await (const sentence of sentences) {
      if (isSentenceEnd(sentence)) await outputs.write(part, sentence, ...this.#takeLosses());
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
      if (this.#warnings.some(({ message }) => message === warning.message)) return;
      this.#losses.push(warning);
    }
    this.#report(warning);
  }

  #report(warning: FunAsrError): void {
    this.#warnings.push(warning);
    this.#run.onWarning(warning, this.#job.input);
  }

  /** A transcript must be of one state of the recording. */
  async #checkUnchanged(): Promise<void> {
    const { input, key } = this.#job;
    if (key.fingerprint === null || key.fingerprint === (await fingerprint(input))) return;
    throw new FunAsrError('E_CHANGED', `${input}: changed while it was read`, {
      hint: 'Run again when nothing writes to it any more.',
      retryable: true,
    });
  }

  #unrecognised(gaps: readonly OpenGap[]): FunAsrError {
    const { input } = this.#job;
    const reason = this.#lastGap?.reason;
    return new FunAsrError(
      'E_SERVER_SPAN',
      `${input}: the service did not recognise ${gaps.map(seconds).join(', ')}`,
      {
        hint: hintFor(input, gaps),
        span: gaps.length === 1 ? gaps[0] : undefined,
        retryable: input !== STDIN && gaps.some(isRetried),
        requestId: reason?.requestId,
        cause: reason,
      },
    );
  }

  /** After a failure: what was recognised is worth keeping, nothing at all is not. */
  async #keep(): Promise<string[]> {
    const outputs = this.#outputs;
    try {
      if (outputs && (outputs.sentences > 0 || outputs.gaps.length > 0)) {
        return await outputs.keepPartial(this.#record(), this.#sentMs);
      }
    } catch {
      // The failure that led here is the one to report; this one most often has the same cause.
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
        input: this.#job.input,
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

/** Whole milliseconds around a gap. */
function spanOf({ begin_time, end_time }: Gap): TimeSpan {
  return { beginMs: Math.floor(begin_time), endMs: Math.ceil(end_time) };
}

function seconds({ beginMs, endMs }: TimeSpan): string {
  return `${(beginMs / 1000).toFixed(1)} s to ${(endMs / 1000).toFixed(1)} s`;
}

function hintFor(input: string, gaps: readonly OpenGap[]): string {
  if (input === STDIN) return 'Run again with all of the input: standard input cannot be read twice.';
  if (gaps.some(isRetried)) return 'Run the same command again: only what is missing is sent.';
  return 'Several runs have failed on it. To recognise the whole recording again, use --force.';
}

/** The embedded engine bills nothing, whatever its service counts. */
function consumptionOf(
  { sentMs, resentMs, billedSeconds }: RecognitionMetrics,
  { engine }: ChosenEngine,
): Consumption {
  return { sentMs, resentMs, billedSeconds: engine === 'cloud' ? billedSeconds : 0 };
}
