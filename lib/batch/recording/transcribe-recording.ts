import type { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { countChannels } from '../../audio/count-channels.ts';
import { asFunAsrError, FunAsrError } from '../../core/errors.ts';
import type { TranscribeEvent } from '../../transcribe-events.ts';
import { speakerOf, withSpooledFile } from '../../transcribe-split.ts';
import { addConsumption, consumptionOf, NO_CONSUMPTION } from '../report/consumption.ts';
import { expectDuration, type ExpectedDuration } from '../plan/expected-duration.ts';
import { RecordingCost } from './recording-cost.ts';
import { checkSameContent } from '../state/content/content-hash.ts';
import type { OutputRecord } from '../state/ledger/ledger-entry.ts';
import { failedStatus, isLoss, isTransient } from './error-rules.ts';
import { gapError } from './gap-error.ts';
import { joinUnrecognized } from './join-unrecognized.ts';
import { LossLog } from './loss-log.ts';
import type { RecordingProgress } from './recording-progress.ts';
import { RecordingOutputs } from './recording-outputs.ts';
import type { Outcome, RunContext } from './run-context.ts';
import { STDIN, STDIN_NAME } from '../plan/find-recordings.ts';
import { reportError, reportSpan } from '../../core/reported-error.ts';
import { type TranscriptionResult } from '../report/results.ts';
import type { PendingRecording } from '../plan/check-finished.ts';
import { PartsTranscription } from './transcribe-parts.ts';

/** Channels of one recording that are recognised at the same time. */
const CHANNELS_AT_A_TIME = 8;

/**
 * Transcribes one recording into all its outputs. Audio that an earlier run, or the first attempt of this run, has
 * recognised is in the journal and is not sent again. Never throws: an error is in the outcome.
 */
export async function transcribeRecording(recording: PendingRecording, run: RunContext): Promise<Outcome> {
  const { input } = recording;
  const expected = input === STDIN ? Promise.resolve({}) : expectDuration(input, run.transcription);
  // It is awaited later, unless the attempt fails before.
  expected.catch(() => {});
  const first = await new Attempt(recording, run, expected).outcome();
  const { signal, stop } = run.transcription;
  const isOver = input === STDIN || signal?.aborted || stop?.aborted;
  if (isOver || !first.error || !isTransient(first.error)) return first;
  const again = new FunAsrError('W_DECODE_AGAIN', `${first.error.message}; decoding it again`, {
    cause: first.error,
  });
  const second = await new Attempt(recording, run, expected, [again]).outcome();
  return { ...second, consumption: addConsumption(first.consumption, second.consumption) };
}

/** One attempt to transcribe a recording. */
class Attempt {
  readonly #recording: PendingRecording;
  readonly #run: RunContext;
  readonly #log = new LossLog();
  readonly #cost: RecordingCost;
  /** Length of the recording by its header, when it is known. */
  readonly #stated: Promise<ExpectedDuration>;
  #expected: ExpectedDuration = {};
  #outputs: RecordingOutputs | undefined;
  /** One for all channels, or one for each. */
  #transcriptions: readonly PartsTranscription[] = [];
  #consumption = NO_CONSUMPTION;

  constructor(
    recording: PendingRecording,
    run: RunContext,
    expected: Promise<ExpectedDuration>,
    warnings: readonly FunAsrError[] = [],
  ) {
    this.#stated = expected;
    this.#recording = recording;
    this.#run = run;
    this.#cost = new RecordingCost(recording.input, run.costs, run.transcription);
    for (const warning of warnings) this.#warn(warning);
  }

  async outcome(): Promise<Outcome> {
    const { input, key, stamp } = this.#recording;
    try {
      const outputs = await this.#transcribe();
      this.#run.onRecognized();
      // The text must be of the content that the recording is known by.
      if (key.content !== null && stamp !== undefined) await checkSameContent(input, key.content, stamp);
      if (outputs.gaps.length > 0)
        throw gapError(
          input,
          outputs.gaps,
          this.#transcriptions.map(({ lastReason }) => lastReason).find(Boolean),
        );
      const paths = await outputs.finish(this.#record());
      for (const warning of outputs.warnings) this.#warn(warning);
      return this.#outcome({ status: 'done', outputs: paths });
    } catch (cause) {
      const error = this.#cost.reason(asFunAsrError(cause, input));
      const outputs = await this.#keep();
      if (error.code === 'E_CHANGED') await this.#outputs?.dropJournal();
      return this.#outcome({ status: failedStatus(error), outputs }, error);
    }
  }

  async #transcribe(): Promise<RecordingOutputs> {
    const { input } = this.#recording;
    const { transcription, stdin } = this.#run;
    if (input !== STDIN) return await this.#transcribeSource(input);
    if (transcription.channels !== 'split') return await this.#transcribeSource(stdin);
    // Every channel is read on its own.
    const transcribeCopy = async function* (
      attempt: Attempt,
      path: string,
    ): AsyncGenerator<RecordingOutputs> {
      yield await attempt.#transcribeSource(path);
    };
    const copied = withSpooledFile(stdin, transcription.signal, (path) => transcribeCopy(this, path));
    let outputs: RecordingOutputs | undefined;
    for await (const done of copied) outputs = done;
    return outputs ?? this.#open();
  }

  async #open(channels?: number): Promise<RecordingOutputs> {
    const { backend, firstEngine } = this.#run;
    this.#outputs = await RecordingOutputs.create(this.#recording, this.#run.formats, {
      channels,
      layout: this.#run.layout,
      engine: backend.name === firstEngine ? undefined : backend.name,
    });
    return this.#outputs;
  }

  async #transcribeSource(source: string | Readable): Promise<RecordingOutputs> {
    const { input } = this.#recording;
    const { transcription } = this.#run;
    const { audioTrack, languageHints: languages, ffmpegPath, signal, speakers } = transcription;
    const name = input === STDIN ? STDIN_NAME : undefined;
    const selection = { audioTrack, languages, ffmpegPath, signal, name };
    const isSplit = transcription.channels === 'split' && typeof source === 'string';
    const channels = isSplit ? await countChannels(source, selection) : undefined;
    const outputs = await this.#open(channels);
    this.#expected = await this.#stated;
    const left = outputs.channels.flatMap((channel) => outputs.partsOf(channel));
    this.#expected = await this.#cost.reserve(left, this.#expected);
    const limited = this.#cost.limited(outputs.channels.length);
    this.#transcriptions = outputs.channels.map(
      (channel) =>
        new PartsTranscription({
          input,
          source,
          outputs,
          channel,
          speaker: channel === undefined ? undefined : speakerOf(channel, channels ?? 1, speakers),
          transcription: { ...limited, name },
          onEvent: (event) => this.#handle(event),
          isRepeated: (warning) => this.#isRepeated(warning),
        }),
    );
    this.#resume(outputs);
    const limit = pLimit(CHANNELS_AT_A_TIME);
    const results = await Promise.allSettled(
      this.#transcriptions.map((transcribed) => limit(() => transcribed.run())),
    );
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return outputs;
  }

  #resume(outputs: RecordingOutputs): void {
    const parts = outputs.channels.flatMap((channel) => outputs.partsOf(channel));
    const doneMs = this.#mean(({ doneMs: done }) => done);
    if (outputs.channels.every((channel) => outputs.endOf(channel) === 0)) return;
    const rest = parts.filter(({ gap }) => !gap).map(({ fromMs }) => fromMs);
    // What was done was reported when it was done.
    const losses = this.#log.addKnown(outputs.losses);
    if (this.#run.isContinued) return;
    const { input } = this.#recording;
    const gaps = parts.flatMap(({ gap }) => gap ?? []);
    const fromMs = rest.length === 0 ? undefined : Math.min(...rest);
    this.#run.onEvent({ type: 'resume', input, detail: { doneMs, gaps, fromMs } });
    for (const detail of losses) this.#run.onEvent({ type: 'warning', input, detail });
  }

  /** The channels of a recording advance at different speeds: their mean is the progress of the recording. */
  get #progress(): RecordingProgress {
    return {
      audioMs: this.#mean(({ progress }) => progress.audioMs),
      finalMs: this.#mean(({ progress }) => progress.finalMs),
      ...this.#expected,
    };
  }

  #mean(value: (transcription: PartsTranscription) => number): number {
    const values = this.#transcriptions.map(value);
    return values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
  }

  /** Handles an event of any channel. */
  #handle(event: TranscribeEvent): void {
    const { input } = this.#recording;
    switch (event.type) {
      case 'progress':
        return this.#run.onEvent({ type: 'progress', input, detail: this.#progress });
      case 'reconnect':
        return this.#run.onEvent({ ...event, input });
      case 'metrics':
        this.#consumption = addConsumption(this.#consumption, consumptionOf(event.detail, this.#run.backend));
        return;
      case 'warning':
        this.#warn(event.detail);
    }
  }

  #warn(warning: FunAsrError): void {
    this.#log.addWarning(warning);
    this.#run.onEvent({ type: 'warning', input: this.#recording.input, detail: warning });
  }

  /**
   * Each channel gives the warnings about the file. A part that is sent again may give a loss of an earlier run once
   * more.
   */
  #isRepeated(warning: FunAsrError): boolean {
    return (this.#transcriptions.length > 1 || isLoss(warning)) && this.#log.has(warning);
  }

  /** After a failure: keeps what was recognised or given up, if there is any. */
  async #keep(): Promise<string[]> {
    const outputs = this.#outputs;
    try {
      if (outputs && (outputs.sentences > 0 || outputs.gaps.length > 0)) {
        const sent = new Map(
          this.#transcriptions.flatMap(({ channel, sentMs }) =>
            sentMs === undefined ? [] : [[channel, sentMs] as const],
          ),
        );
        return await outputs.keepPartial(this.#record(), sent);
      }
    } catch {
      // The first error is reported; this one most often has the same cause.
    }
    await outputs?.discard();
    return [];
  }

  #record(): OutputRecord {
    const { firstEngine } = this.#run;
    const engines = (this.#outputs?.engines ?? []).map((engine) => engine ?? firstEngine);
    return {
      durationMs: Math.max(0, ...this.#transcriptions.map(({ furthestMs }) => furthestMs)),
      sentences: this.#outputs?.sentences ?? 0,
      engine: this.#run.backend.name,
      ...(engines.length > 1 && { engines }),
      model: this.#run.backend.model,
      isPartial: this.#log.hasLosses,
    };
  }

  #outcome(
    { status, outputs }: Pick<TranscriptionResult, 'status' | 'outputs'>,
    error?: FunAsrError,
  ): Outcome {
    this.#cost.settle(this.#consumption);
    const { durationMs, sentences, engine, engines, model, isPartial } = this.#record();
    // Parts of the recording that are not in the text because the service did not recognise them.
    const pending = this.#transcriptions.flatMap(({ pendingGaps }) => pendingGaps);
    const gaps = [...(this.#outputs?.gaps ?? []), ...pending].map(reportSpan);
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
        ...(engines && { engines }),
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
