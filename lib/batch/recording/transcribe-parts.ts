import type { Readable } from 'node:stream';
import { type FunAsrError, interrupted, type TimeSpan } from '../../core/errors.ts';
import { type ReportedError, reportError } from '../../core/reported-error.ts';
import type { Gap, Reconnect } from '../../recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../recognition/events/metrics.ts';
import { isSentenceEnd } from '../../sentence.ts';
import { type TranscribeOptions, type TranscribeProgress, transcribe } from '../../transcribe.ts';
import { lengthOf, type Part } from '../state/gaps.ts';
import { isLoss, isServiceFailure } from './error-rules.ts';
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
  readonly onProgress: (progress: TranscribeProgress) => void;
  readonly onReconnect: (reconnect: Reconnect) => void;
  readonly onMetrics: (metrics: RecognitionMetrics) => void;
  /** Returns whether the warning is a new one. */
  readonly onWarning: (warning: FunAsrError) => boolean;
}

/** Transcribes what is left of a recording, or of one of its channels, into the outputs of the recording. */
export class PartsTranscription {
  readonly #context: PartsContext;
  /** Given up since the last sentence. */
  readonly #gaps: Gap[] = [];
  /** Warnings about missing words since the last sentence. */
  readonly #losses: FunAsrError[] = [];
  /** Why the last gap was given up. */
  #gapReason: FunAsrError | undefined;
  /** How much was recognised before the current part, in ms. */
  #doneMs: number;
  /** Where the audio ends that was sent, in ms, while a part is under way. */
  #sentMs: number | undefined;
  #audioMs: number;
  /** End of the last sentence of the current part, in ms. */
  #finalMs = 0;
  #progress: TranscribeProgress;

  constructor(context: PartsContext) {
    const { outputs, channel } = context;
    this.#context = context;
    this.#audioMs = outputs.endOf(channel);
    this.#doneMs = this.#audioMs - lengthOf(outputs.gapsOf(channel));
    this.#progress = { audioMs: this.#doneMs, finalMs: this.#doneMs };
  }

  get channel(): number | undefined {
    return this.#context.channel;
  }

  /** Length of the audio that is known, in ms. */
  get audioMs(): number {
    return this.#audioMs;
  }

  /** How much was recognised before the current part, in ms. */
  get doneMs(): number {
    return this.#doneMs;
  }

  /** Where the audio ends that was sent, in ms, while a part is under way. */
  get sentMs(): number | undefined {
    return this.#sentMs;
  }

  /** Why the last gap was given up. */
  get gapReason(): FunAsrError | undefined {
    return this.#gapReason;
  }

  get progress(): TranscribeProgress {
    return this.#progress;
  }

  /** Gaps that are not in the outputs yet. */
  get openGaps(): TimeSpan[] {
    return this.#gaps.map(spanOf);
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
        this.#gapReason = error;
        failed.push({ part, rest: { beginMs: this.#finalMs, endMs: part.gap.endMs } });
        this.#takeLosses();
      }
    }
    // Only now: a service that fails on other parts too has an outage, which does not count as a retry of a gap.
    for (const { part, rest } of failed) await outputs.completePart(part, rest.endMs, [rest]);
  }

  async #transcribePart(part: Part): Promise<void> {
    const { input, source, outputs, channel, speaker, transcription } = this.#context;
    const { speakers, ...options } = transcription;
    let isWhole = false;
    this.#finalMs = part.fromMs;
    const sentences = transcribe(source, {
      ...options,
      channels: channel ?? options.channels,
      // Refused without separate channels.
      speakers: channel === undefined ? speakers : undefined,
      // Sentences get their numbers in the outputs.
      after: { sentence_id: 0, end_time: part.fromMs },
      untilMs: part.untilMs,
      onProgress: (progress) => this.#report(part, progress),
      onEnd: (end) => {
        isWhole = end.isWhole;
      },
      onReconnect: this.#context.onReconnect,
      onGap: (gap) => {
        this.#gaps.push(gap);
        this.#gapReason = gap.reason;
      },
      onMetrics: this.#context.onMetrics,
      onWarning: (warning) => {
        if (this.#context.onWarning(warning) && isLoss(warning)) this.#losses.push(warning);
      },
    });
    for await (const sentence of sentences) {
      if (!isSentenceEnd(sentence)) continue;
      const voice = { ...(channel !== undefined && { channel_id: channel }), ...(speaker && { speaker }) };
      await outputs.write(part, { ...sentence, ...voice }, ...this.#takeLosses());
      this.#finalMs = sentence.end_time;
    }
    // A transcript must be of the whole recording.
    if (!isWhole) throw interrupted(input);
    const endMs = this.#sentMs ?? part.fromMs;
    await outputs.completePart(part, endMs, ...this.#takeLosses());
    this.#doneMs += endMs - part.fromMs;
    this.#sentMs = undefined;
  }

  #report(part: Part, { audioMs, finalMs }: TranscribeProgress): void {
    this.#sentMs = Math.round(audioMs);
    this.#audioMs = Math.max(this.#audioMs, this.#sentMs);
    const doneMs = this.#doneMs - part.fromMs;
    this.#progress = { audioMs: doneMs + audioMs, finalMs: doneMs + finalMs };
    this.#context.onProgress(this.#progress);
  }

  /** What was lost since this was last called, for the journal. */
  #takeLosses(): [gaps: TimeSpan[], losses: ReportedError[]] {
    return [this.#gaps.splice(0).map(spanOf), this.#losses.splice(0).map(reportError)];
  }
}

/** Whole milliseconds around a gap. */
function spanOf({ begin_time, end_time }: Gap): TimeSpan {
  return { beginMs: Math.floor(begin_time), endMs: Math.ceil(end_time) };
}
