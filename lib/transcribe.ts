import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FramedRecording } from './audio/framed-recording.ts';
import { pathOrReadable, type RecordingInput } from './audio/source/recording-input.ts';
import { type Backend, fitToBackend } from './engines/backend.ts';
import { chooseBackend, BACKEND_RULES, type BackendOptions, wireModelFor } from './engines/choose-backend.ts';
import type { FunAsrError } from './core/errors.ts';
import {
  abortSignal,
  anyOf,
  callback,
  checkOptions,
  integer,
  number,
  oneOf,
  pick,
  type Rules,
  text,
} from './core/options.ts';
import type { Gap, Reconnect } from './recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from './recognition/events/metrics.ts';
import { cloudModelSampleRate } from './protocol/cloud-models.ts';
import { RECOGNIZE_RULES, recognizeStream, type RecognizeOptions } from './recognition/recognize.ts';
import {
  BEGINNING,
  type FinalSentence,
  isSentenceEnd,
  type LastSentence,
  type Sentence,
} from './sentence.ts';

/** How far a transcription has come, in ms of the recording. */
export interface TranscribeProgress {
  /** Audio given to the service. */
  readonly audioMs: number;
  /** Up to where the text is final. */
  readonly finalMs: number;
}

/** How a transcription ended that did not fail. */
export interface TranscribeEnd {
  /** False when `stop` cut the recording short. */
  readonly isWhole: boolean;
}

/** Options of the stages that {@link transcribe} wires, and its own. */
export interface TranscribeOptions
  extends Omit<RecognizeOptions, 'format' | 'sampleRate' | 'keepAlive' | 'live'>,
    BackendOptions {
  /**
   * Goes on behind this sentence, the last one of an earlier transcription of the same recording: nothing of what
   * ends before is sent again. Numbers and times go on, too: they are those of the whole recording.
   * @default from the beginning
   */
  readonly after?: LastSentence | undefined;
  /**
   * Ends at this time, in ms from the start of the whole recording, cut by samples. With `after` it recognises one part
   * of a recording.
   * @default to the end of the recording
   */
  readonly untilMs?: number | undefined;
  /** Yields partial sentences too. @default false */
  readonly partials?: boolean | undefined;
  /**
   * How fast the audio is sent: as fast as the service takes it, in real time, or at so many times real time.
   * @default 'asap'
   */
  readonly pace?: 'asap' | 'realtime' | number | undefined;
  /** Refuses a longer recording, in ms, by its header or while decoding. @default none */
  readonly maxDurationMs?: number | undefined;
  /** FFmpeg to use. @default the first that is found */
  readonly ffmpegPath?: string | undefined;
  /** Stops reading the input; what was sent until then is recognised and yielded, and the end is a normal one. */
  readonly stop?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TranscribeProgress) => void) | undefined;
  /** Called once, before the iteration ends normally. */
  readonly onEnd?: ((end: TranscribeEnd) => void) | undefined;
  /** Called when the recognition was cut off and goes on in a new task. */
  readonly onReconnect?: ((reconnect: Reconnect) => void) | undefined;
  /**
   * Called with each part of the recording that the service did not answer: nothing of it is in the text. It comes
   * before the sentences that follow the gap.
   */
  readonly onGap?: ((gap: Gap) => void) | undefined;
  /** Called once at the end, also after a failure; not when no task was ever asked for. */
  readonly onMetrics?: ((metrics: RecognitionMetrics) => void) | undefined;
  /** Called with each loss that is not a failure. */
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
}

// What a recording decides, and what only a live source needs.
const {
  format: _format,
  sampleRate: _sampleRate,
  keepAlive: _keepAlive,
  live: _live,
  ...CLIENT_RULES
} = RECOGNIZE_RULES;

const RECORDING_RULES = {
  maxDurationMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  ffmpegPath: text,
  stop: abortSignal,
  onWarning: callback,
  signal: abortSignal,
};

const TRANSCRIBE_RULES: Rules<TranscribeOptions> = {
  ...CLIENT_RULES,
  ...BACKEND_RULES,
  ...RECORDING_RULES,
  after: lastSentence,
  untilMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  pace: anyOf(oneOf('asap', 'realtime'), number(0.01, 1000, 'times real time')),
  onProgress: callback,
  onEnd: callback,
  onReconnect: callback,
  onGap: callback,
  onMetrics: callback,
};

/**
 * Transcribes one recording: decodes, frames and recognises it. Yields its final sentences in order, and with
 * `partials: true` the partial ones too. Sentences that were recognised before a failure are yielded before it is
 * thrown.
 * @param input Path of a file, or the bytes of a recording in any container: a Readable, a web `ReadableStream` (such
 * as the body of a `Response`) or a `Blob`.
 * @throws {FunAsrError} `E_OPTION` at once; every other code while iterating.
 */
export function transcribe(
  input: RecordingInput,
  options?: TranscribeOptions & { readonly partials?: false | undefined },
): AsyncIterable<FinalSentence>;
export function transcribe(input: RecordingInput, options: TranscribeOptions): AsyncIterable<Sentence>;
export function transcribe(input: RecordingInput, options: TranscribeOptions = {}): AsyncIterable<Sentence> {
  checkOptions('transcribe', options, TRANSCRIBE_RULES);
  return sentences(pathOrReadable('transcribe', input), options);
}

async function* sentences(input: string | Readable, options: TranscribeOptions): AsyncGenerator<Sentence> {
  // It listens to its input at once: the model of the local engine may have to be downloaded first.
  const recording = new FramedRecording(input, {
    ...pick(options, RECORDING_RULES),
    fromMs: options.after?.end_time,
    untilMs: options.untilMs,
    sampleRate: cloudModelSampleRate(wireModelFor(options)),
    rate: rateOf(options.pace),
  });
  try {
    const engine = await chooseBackend(pick(options, BACKEND_RULES));
    try {
      yield* recognised(recording, engine, options);
    } finally {
      await engine.close();
    }
  } finally {
    await recording.close();
  }
}

async function* recognised(
  recording: FramedRecording,
  engine: Backend,
  options: TranscribeOptions,
): AsyncGenerator<Sentence> {
  const {
    after = BEGINNING,
    partials = false,
    onWarning,
    onReconnect,
    onGap,
    onMetrics,
    onProgress,
    onEnd,
  } = options;
  const fitted = fitToBackend(engine, pick(options, CLIENT_RULES));
  const sampleRate = cloudModelSampleRate(engine.client.model);
  const recognizer = recognizeStream(
    'transcribe',
    { ...fitted.options, sampleRate },
    { ...fitted.parts, after },
  );
  let finalMs = after.end_time;

  const report = (): void => onProgress?.({ audioMs: recognizer.handedMs, finalMs });

  async function* frames(): AsyncGenerator<Buffer> {
    for await (const piece of recording.frames()) {
      yield piece;
      report();
    }
  }

  if (onWarning) {
    fitted.warnings.forEach(onWarning);
    recognizer.on('warning', onWarning);
  }
  if (onReconnect) recognizer.on('reconnect', onReconnect);
  if (onGap) recognizer.on('gap', onGap);
  const stop = (): void => recognizer.stop();
  options.stop?.addEventListener('abort', stop);
  const sending = pipeline(frames, recognizer);
  // Its error is that of the recogniser, which the loop below throws.
  sending.catch(() => {});
  try {
    for await (const sentence of recognizer as AsyncIterable<Sentence>) {
      if (isSentenceEnd(sentence)) finalMs = sentence.end_time;
      if (partials || isSentenceEnd(sentence)) yield sentence;
    }
    report();
    if (recording.failure !== undefined) throw recording.failure;
    onEnd?.({ isWhole: recording.isWhole });
  } finally {
    options.stop?.removeEventListener('abort', stop);
    recognizer.destroy();
    await Promise.allSettled([sending]);
    const { metrics } = recognizer;
    if (metrics) onMetrics?.(metrics);
  }
}

function lastSentence(value: unknown): string | undefined {
  const { sentence_id, end_time } = Object(value) as Partial<LastSentence>;
  const isOne = [sentence_id, end_time].every((field) => Number.isSafeInteger(field) && Number(field) >= 0);
  return isOne ? undefined : 'must be a final sentence, or its sentence_id and end_time';
}

function rateOf(speed: TranscribeOptions['pace']): number | undefined {
  if (speed === 'realtime') return 1;
  return speed === 'asap' ? undefined : speed;
}
