import type { Readable } from 'node:stream';
import type { Backend } from '../../engines/backend.ts';
import { asFunAsrError, FunAsrError, interrupted, type TimeSpan } from '../../core/errors.ts';
import type { Reconnect } from '../../recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../recognition/events/metrics.ts';
import { isSentenceEnd } from '../../sentence.ts';
import { type TranscribeOptions, transcribe } from '../../transcribe.ts';
import { addConsumption, type Consumption, NO_CONSUMPTION } from '../report/consumption.ts';
import { expectDuration } from '../plan/expected-duration.ts';
import { checkUnchanged } from '../state/fingerprint.ts';
import type { OutputFormat } from '../../subtitles/formats.ts';
import { failedStatus, isServiceFailure, isTransient } from './error-rules.ts';
import { gapError } from './gap-error.ts';
import { LossLog } from './loss-log.ts';
import { ProgressMeter, type RecordingProgress } from './recording-progress.ts';
import { joinUnrecognized } from './join-unrecognized.ts';
import { type OutputRecord, RecordingOutputs } from './recording-outputs.ts';
import { STDIN } from '../plan/find-recordings.ts';
import { lengthOf, type Part } from '../state/gaps.ts';
import { reportError, reportSpan } from '../../core/reported-error.ts';
import { type TranscriptionResult } from '../report/results.ts';
import type { PendingRecording } from '../plan/check-finished.ts';

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
  readonly backend: Backend;
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
  readonly #log = new LossLog();
  readonly #progress = new ProgressMeter();
  #outputs: RecordingOutputs | undefined;
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
      if (outputs.gaps.length > 0) throw gapError(input, outputs.gaps, this.#log.lastReason);
      return this.#outcome({ status: 'done', outputs: await outputs.finish(this.#record()) });
    } catch (cause) {
      const error = asFunAsrError(cause, input);
      return this.#outcome({ status: failedStatus(error), outputs: await this.#keep() }, error);
    }
  }

  #resume({ endMs, gaps, parts, losses }: RecordingOutputs): void {
    if (endMs === 0) return;
    const doneMs = endMs - lengthOf(gaps);
    this.#progress.resume(endMs, doneMs);
    this.#run.onResume(this.#recording.input, {
      doneMs,
      gaps: parts.flatMap(({ gap }) => gap ?? []),
      fromMs: parts.find(({ gap }) => !gap)?.fromMs,
    });
    for (const loss of this.#log.addKnown(losses)) this.#run.onWarning(loss, this.#recording.input);
  }

  async #transcribe(outputs: RecordingOutputs): Promise<void> {
    const { input } = this.#recording;
    if (input !== STDIN) {
      await expectDuration(input, this.#run.transcription, (duration) => this.#progress.expect(duration));
    }
    const failed: { readonly part: Part; readonly rest: TimeSpan }[] = [];
    for (const part of outputs.parts) {
      try {
        await this.#transcribePart(outputs, part);
      } catch (error) {
        if (!part.gap || !isServiceFailure(error)) throw error;
        this.#log.addFailure(error);
        failed.push({ part, rest: { beginMs: this.#progress.finalMs, endMs: part.gap.endMs } });
        // They are within the rest, which stays a gap.
        this.#log.clearPending();
      }
    }
    // Only now: a service that fails on other parts too has an outage, which does not count as a retry of a gap.
    for (const { part, rest } of failed) await outputs.completePart(part, rest.endMs, [rest]);
  }

  async #transcribePart(outputs: RecordingOutputs, part: Part): Promise<void> {
    const { input } = this.#recording;
    let isWhole = false;
    this.#progress.beginPart(part.fromMs);
    const sentences = transcribe(input === STDIN ? this.#run.stdin : input, {
      ...this.#run.transcription,
      // Sentences get their numbers in the outputs.
      after: { sentence_id: 0, end_time: part.fromMs },
      untilMs: part.untilMs,
      onProgress: (progress) => this.#run.onProgress(input, this.#progress.advance(progress)),
      onEnd: (end) => {
        isWhole = end.isWhole;
      },
      onReconnect: (reconnect) => this.#run.onReconnect(input, reconnect),
      onGap: (gap) => this.#log.addGap(gap),
      onMetrics: (metrics) => {
        const consumption = consumptionOf(metrics, this.#run.backend);
        this.#consumption = addConsumption(this.#consumption, consumption);
      },
      onWarning: (warning) => this.#warn(warning),
    });
    for await (const sentence of sentences) {
      if (!isSentenceEnd(sentence)) continue;
      const { gaps, warnings } = this.#log.pending;
      this.#log.clearPending();
      await outputs.write(part, sentence, gaps, warnings);
      this.#progress.recognised(sentence.end_time);
    }
    // A transcript must be of the whole recording.
    if (!isWhole) throw interrupted(input);
    const { gaps, warnings } = this.#log.pending;
    this.#log.clearPending();
    await outputs.completePart(part, this.#progress.partEndMs, gaps, warnings);
    this.#progress.completePart();
  }

  #warn(warning: FunAsrError): void {
    if (this.#log.addWarning(warning)) this.#run.onWarning(warning, this.#recording.input);
  }

  /** After a failure: keeps what was recognised or given up, if there is any. */
  async #keep(): Promise<string[]> {
    const outputs = this.#outputs;
    try {
      if (outputs && (outputs.sentences > 0 || outputs.gaps.length > 0)) {
        return await outputs.keepPartial(this.#record(), this.#progress.sentMs);
      }
    } catch {
      // The first error is reported; this one most often has the same cause.
    }
    await outputs?.discard();
    return [];
  }

  #record(): OutputRecord {
    return {
      durationMs: this.#progress.furthestMs,
      sentences: this.#outputs?.sentences ?? 0,
      engine: this.#run.backend.name,
      model: this.#run.backend.model,
      isPartial: this.#log.hasLosses,
    };
  }

  #outcome(
    { status, outputs }: Pick<TranscriptionResult, 'status' | 'outputs'>,
    error?: FunAsrError,
  ): Outcome {
    const { durationMs, sentences, engine, model, isPartial } = this.#record();
    // Parts of the recording that are not in the text because the service did not recognise them.
    const gaps = [...(this.#outputs?.gaps ?? []), ...this.#log.pending.gaps].map(reportSpan);
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
        partial: error ? outputs.length > 0 : isPartial,
        warnings: joinUnrecognized(this.#log.warnings).map(reportError),
        ...(error && { error: reportError(error) }),
      },
      ...(error && { error }),
      consumption: this.#consumption,
    };
  }
}

/** The local engine bills nothing, although its service counts seconds. */
function consumptionOf(
  { sentMs, resentMs, billedSeconds }: RecognitionMetrics,
  { name }: Backend,
): Consumption {
  return { sentMs, resentMs, billedSeconds: name === 'cloud' ? billedSeconds : 0 };
}
