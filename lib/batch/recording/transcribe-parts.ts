import type { Readable } from 'node:stream';
import { type FunAsrError, interrupted, type TimeSpan } from '../../core/errors.ts';
import type { ReportedError } from '../../core/reported-error.ts';
import { isSentenceEnd } from '../../sentence.ts';
import { transcribe } from '../../transcribe.ts';
import { type TranscribeOptions } from '../../transcribe-options.ts';
import type { TranscribeEvent, TranscribeProgress } from '../../transcribe-events.ts';
import { lengthOf, type Part } from '../state/journal/gaps.ts';
import { isServiceFailure } from './error-rules.ts';
import { LossLog } from './loss-log.ts';
import { ProgressMeter } from './recording-progress.ts';
import type { RecordingOutputs } from './recording-outputs.ts';

/** What {@link PartsTranscription} works on, and whom it reports to. */
export interface PartsContext {
  /** Name of the recording, for messages. */
  readonly input: string;
  /** Path of the recording, or its bytes. */
  readonly source: string | Readable;
  readonly outputs: RecordingOutputs;
  /** The channel to transcribe, from 0. @default all channels together */
  readonly channel?: number | undefined;
  /** Name of the speaker of the channel. */
  readonly speaker?: string | undefined;
  readonly transcription: TranscribeOptions;
  /** Called with each event of each part, except for repeated warnings, when this object has changed accordingly. */
  readonly onEvent: (event: TranscribeEvent) => void;
  /** Whether the recording has had this warning already. */
  readonly isRepeated: (warning: FunAsrError) => boolean;
}

/** Transcribes what is left of a recording, or of one of its channels, into the outputs of the recording. */
export class PartsTranscription {
  readonly #context: PartsContext;
  readonly #log = new LossLog();
  readonly #meter = new ProgressMeter();
  readonly #doneMs: number;
  #progress: TranscribeProgress;
  /** Whether the current part was read to its end. */
  #isWhole = false;

  constructor(context: PartsContext) {
    const { outputs, channel } = context;
    this.#context = context;
    const endMs = outputs.endOf(channel);
    this.#doneMs = endMs - lengthOf(outputs.gapsOf(channel));
    this.#meter.resume(endMs, this.#doneMs);
    this.#progress = { audioMs: this.#doneMs, finalMs: this.#doneMs };
  }

  get channel(): number | undefined {
    return this.#context.channel;
  }

  /** Up to where any audio was sent, in ms. */
  get furthestMs(): number {
    return this.#meter.furthestMs;
  }

  /** How much earlier runs have recognised, in ms. */
  get doneMs(): number {
    return this.#doneMs;
  }

  /** Where the audio ends that was sent, in ms, while a part is in progress. */
  get sentMs(): number | undefined {
    return this.#meter.sentMs;
  }

  /** Why the last gap was given up. */
  get lastReason(): FunAsrError | undefined {
    return this.#log.lastReason;
  }

  get progress(): TranscribeProgress {
    return this.#progress;
  }

  /** Gaps that are not in the outputs yet. */
  get pendingGaps(): readonly TimeSpan[] {
    return this.#log.pending.gaps;
  }

  /** @throws What `transcribe()` throws, except for a service that failed in a gap of an earlier run once more. */
  async run(): Promise<void> {
    const { outputs, channel } = this.#context;
    const failed: { readonly part: Part; readonly rest: TimeSpan }[] = [];
    for (const part of outputs.partsOf(channel)) {
      try {
        await this.#transcribePart(part);
      } catch (error) {
        if (!part.gap || !isServiceFailure(error)) throw error;
        this.#log.addFailure(error);
        failed.push({ part, rest: { beginMs: this.#meter.finalMs, endMs: part.gap.endMs } });
        // They are within the rest, which stays a gap.
        this.#log.clearPending();
      }
    }
    // Only now: a service that fails on other parts too has an outage, which does not count as a retry of a gap.
    for (const { part, rest } of failed) await outputs.completePart(part, rest.endMs, [rest]);
  }

  async #transcribePart(part: Part): Promise<void> {
    const { input, source, outputs, channel, speaker, transcription } = this.#context;
    const { speakers, ...options } = transcription;
    this.#isWhole = false;
    this.#meter.beginPart(part.fromMs);
    const sentences = transcribe(source, {
      ...options,
      channels: channel ?? options.channels,
      // Refused without separate channels.
      speakers: channel === undefined ? speakers : undefined,
      // Sentences get their numbers in the outputs.
      after: { sentence_id: 0, end_time: part.fromMs },
      untilMs: part.untilMs,
      onEvent: (event) => this.#handle(event),
    });
    for await (const sentence of sentences) {
      if (!isSentenceEnd(sentence)) continue;
      const voice = { ...(channel !== undefined && { channel_id: channel }), ...(speaker && { speaker }) };
      await outputs.write(part, { ...sentence, ...voice }, ...this.#takeLosses());
      this.#meter.recognised(sentence.end_time);
    }
    // A transcript must be of the whole recording.
    if (!this.#isWhole) throw interrupted(input);
    await outputs.completePart(part, this.#meter.partEndMs, ...this.#takeLosses());
    this.#meter.completePart();
  }

  #handle(event: TranscribeEvent): void {
    switch (event.type) {
      case 'progress':
        this.#progress = this.#meter.advance(event.detail);
        break;
      case 'end':
        this.#isWhole = event.detail.isWhole;
        break;
      case 'gap':
        this.#log.addGap(event.detail);
        break;
      case 'warning':
        if (this.#context.isRepeated(event.detail)) return;
        this.#log.addWarning(event.detail);
    }
    this.#context.onEvent(event);
  }

  /** What was lost since this was last called, for the journal. */
  #takeLosses(): [gaps: readonly TimeSpan[], losses: readonly ReportedError[]] {
    const { gaps, warnings } = this.#log.pending;
    this.#log.clearPending();
    return [gaps, warnings];
  }
}
