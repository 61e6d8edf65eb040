import type { Readable } from 'node:stream';
import type { ChosenEngine } from '../../engines/engine.ts';
import { asFunAsrError, FunAsrError, interrupted } from '../../core/errors.ts';
import type { Reconnect } from '../../recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../recognition/events/metrics.ts';
import { isSentenceEnd } from '../../sentence.ts';
import { type TranscribeOptions, type TranscribeProgress, transcribe } from '../../transcribe.ts';
import { addConsumption, type Consumption, NO_CONSUMPTION } from '../consumption.ts';
import { expectedDuration } from '../plan/expected-duration.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { Format } from '../formats.ts';
import { deservesAnotherTry, saysLoss } from './recording-failure.ts';
import { type OutputRecord, RecordingOutputs } from './recording-outputs.ts';
import { STDIN } from '../plan/recordings.ts';
import { reportError, type TranscriptionResult } from '../report.ts';
import type { Job } from '../plan/triage.ts';

/** How far a recording has come, in ms. */
export interface RecordingProgress extends TranscribeProgress {
  /** Length of the whole recording; undefined when its header does not say. */
  readonly durationMs: number | undefined;
}

/** What all recordings of a run share. */
export interface RunContext {
  readonly engine: ChosenEngine;
  readonly formats: readonly Format[];
  readonly transcription: TranscribeOptions;
  /** Read when a job says standard input. */
  readonly stdin: Readable;
  /** Called when an earlier run had recognised the recording up to a point, in ms: it goes on from there. */
  readonly onResume: (input: string, fromMs: number) => void;
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
  readonly #gaps: FunAsrError[] = [];
  #outputs: RecordingOutputs | undefined;
  #audioMs = 0;
  #consumption = NO_CONSUMPTION;
  #isWhole = false;

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
      await this.#checkWhole();
      return this.#outcome({ status: 'done', outputs: await outputs.finish(this.#record()) });
    } catch (cause) {
      const error = asFunAsrError(cause, this.#job.input);
      return this.#outcome({ status: 'failed', outputs: await this.#keep() }, error);
    }
  }

  #resume({ last, losses }: RecordingOutputs): void {
    if (!last) return;
    this.#audioMs = last.end_time;
    this.#run.onResume(this.#job.input, last.end_time);
    for (const { code, message, hint, requestId } of losses) {
      this.#warn(
        new FunAsrError(code, message, { hint: hint ?? undefined, requestId: requestId ?? undefined }),
      );
    }
  }

  async #transcribe(outputs: RecordingOutputs): Promise<void> {
    const { input } = this.#job;
    const { transcription } = this.#run;
    const durationMs = input === STDIN ? undefined : await expectedDuration(input, transcription);
    const sentences = transcribe(input === STDIN ? this.#run.stdin : input, {
      ...transcription,
      after: outputs.last,
      onProgress: (progress) => {
        this.#audioMs = Math.round(progress.audioMs);
        this.#run.onProgress(input, { ...progress, durationMs });
      },
      onEnd: ({ isWhole }) => {
        this.#isWhole = isWhole;
      },
      onReconnect: (reconnect) => this.#run.onReconnect(input, reconnect),
      onMetrics: (metrics) => {
        this.#consumption = consumptionOf(metrics, this.#run.engine);
      },
      onWarning: (warning) => {
        this.#warn(warning);
        if (warning.code === 'W_GAP') this.#gaps.push(warning);
      },
    });
    for await (const sentence of sentences) {
      if (!isSentenceEnd(sentence)) continue;
      await outputs.write(sentence, this.#gaps.splice(0).map(reportError));
    }
  }

  #warn(warning: FunAsrError): void {
    this.#warnings.push(warning);
    this.#run.onWarning(warning, this.#job.input);
  }

  /** A transcript must be of the whole recording, and of one state of it. */
  async #checkWhole(): Promise<void> {
    const { input, key } = this.#job;
    if (!this.#isWhole) throw interrupted(input);
    if (key.fingerprint === null || key.fingerprint === (await fingerprint(input))) return;
    throw new FunAsrError('E_CHANGED', `${input}: changed while it was read`, {
      hint: 'Run again when nothing writes to it any more.',
      retryable: true,
    });
  }

  /** After a failure: what was recognised is worth keeping, nothing at all is not. */
  async #keep(): Promise<string[]> {
    try {
      if (this.#outputs?.last) return await this.#outputs.keepPartial(this.#record());
    } catch {
      // The failure that led here is the one to report; this one most often has the same cause.
    }
    await this.#outputs?.discard();
    return [];
  }

  get #isPartial(): boolean {
    return saysLoss(this.#warnings);
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

  #outcome(
    { status, outputs }: Pick<TranscriptionResult, 'status' | 'outputs'>,
    error?: FunAsrError,
  ): Outcome {
    const { durationMs, sentences, engine, model } = this.#record();
    return {
      result: {
        type: 'result',
        input: this.#job.input,
        status,
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

/** The embedded engine bills nothing, whatever its service counts. */
function consumptionOf(
  { sentMs, resentMs, billedSeconds }: RecognitionMetrics,
  { engine }: ChosenEngine,
): Consumption {
  return { sentMs, resentMs, billedSeconds: engine === 'cloud' ? billedSeconds : 0 };
}
