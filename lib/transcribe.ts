import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathOrReadable, type RecordingInput } from './audio/source/recording-input.ts';
import { type Backend, fitToBackend } from './engines/backend.ts';
import { chooseBackend, BACKEND_RULES, type BackendOptions, wireModelFor } from './engines/choose-backend.ts';
import { RecordingReader } from './audio/recording-reader.ts';
import { channelRule, SELECTION_RULES } from './audio/decode-file.ts';
import { FunAsrError } from './core/errors.ts';
import {
  abortSignal,
  anyOf,
  checkOptions,
  integer,
  listOf,
  number,
  oneOf,
  pick,
  type Rules,
  text,
} from './core/options.ts';
import { cloudModelSampleRate } from './protocol/cloud-models.ts';
import {
  RECOGNIZE_STREAM_RULES,
  recognizeStream,
  type RecognizeStreamOptions,
} from './recognition/recognize-stream.ts';
import {
  BEGINNING,
  type FinalSentence,
  isSentenceEnd,
  type LastSentence,
  type Sentence,
} from './sentence.ts';
import {
  CALLBACK_RULES,
  publisherTo,
  type TranscribeCallbacks,
  type TranscribeEvent,
} from './transcribe-events.ts';
import { transcribeSplit } from './transcribe-split.ts';

/** Options of {@link transcribe}: those of the stages that it connects, and its own. */
export interface TranscribeOptions
  extends Omit<RecognizeStreamOptions, 'format' | 'sampleRate' | 'keepAlive' | 'live'>,
    BackendOptions,
    TranscribeCallbacks {
  /**
   * Continues after this sentence, the last one of an earlier transcription of the same recording: its audio, and all
   * audio before it, is not sent again. Numbers and times continue: they are those of the whole recording.
   * @default from the beginning
   */
  readonly after?: LastSentence | undefined;
  /**
   * Ends at this time, in ms from the start of the whole recording, exact to the sample. With `after`, only a part of
   * the recording is recognised.
   * @default to the end of the recording
   */
  readonly untilMs?: number | undefined;
  /**
   * The mix of all channels, one channel (counted from 0), or `split`: one recognition per channel, for the two sides of
   * a call. Its sentences are merged by time, numbered over the whole recording, and carry `channel_id` and `speaker`;
   * every channel is billed. A stream is first copied to a private temporary file. Excludes `partials`.
   * @default 'mix'
   */
  readonly channels?: 'mix' | 'split' | number | undefined;
  /** Names of the speakers of the channels of a split recording, in their order. @default Speaker 1, Speaker 2, … */
  readonly speakers?: readonly string[] | undefined;
  /** As in `decodeFile`. @default 'auto' */
  readonly centre?: 'auto' | 'off' | undefined;
  /**
   * The audio track, by its number from 1 or by its language.
   * @default the track in the language of the first hint that has one, else the one that FFmpeg prefers
   */
  readonly audioTrack?: number | string | undefined;
  /** Yields partial sentences too. @default false */
  readonly partials?: boolean | undefined;
  /**
   * Speed at which the audio is sent: as fast as the service accepts it, in real time, or at a multiple of real time.
   * @default 'asap'
   */
  readonly pace?: 'asap' | 'realtime' | number | undefined;
  /** Maximum duration of the decoded audio in ms. The sentences of a longer recording up to it are yielded, then it fails. @default unlimited */
  readonly maxDurationMs?: number | undefined;
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
  /** Name of the recording in messages. @default its path, or `the input stream` */
  readonly name?: string | undefined;
  /**
   * Stops reading the input. The audio that was sent before is recognised, and the iteration ends normally. To abort at
   * once with an `AbortError`, use `signal`.
   */
  readonly stop?: AbortSignal | undefined;
}

// The first two follow from the recording; the others are for live sources.
const {
  format: _format,
  sampleRate: _sampleRate,
  keepAlive: _keepAlive,
  live: _live,
  ...CLIENT_RULES
} = RECOGNIZE_STREAM_RULES;

const RECORDING_RULES = {
  ...SELECTION_RULES,
  maxDurationMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  ffmpegPath: text,
  name: text,
  stop: abortSignal,
  signal: abortSignal,
};

/** The rules of {@link TranscribeOptions}. */
export const TRANSCRIBE_RULES: Rules<TranscribeOptions> = {
  ...CLIENT_RULES,
  ...BACKEND_RULES,
  ...RECORDING_RULES,
  ...CALLBACK_RULES,
  channels: anyOf(oneOf('mix', 'split'), channelRule),
  speakers: listOf(text),
  after: lastSentence,
  untilMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  pace: anyOf(oneOf('asap', 'realtime'), number(0.01, 1000, 'times real time')),
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
  const { channels = 'mix', speakers, partials = false } = options;
  if (channels === 'split' && partials) {
    throw new FunAsrError('E_OPTION', 'transcribe: partials and channels: split exclude each other', {
      hint: 'Leave partials out: sentences of several channels are merged when they are final.',
    });
  }
  if (channels !== 'split' && speakers !== undefined) {
    throw new FunAsrError('E_OPTION', 'transcribe: speakers is for channels: split only', {
      hint: 'Set channels to split, or leave speakers out.',
    });
  }
  const source = pathOrReadable('transcribe', input);
  const publish = publisherTo(options);
  return channels === 'split'
    ? transcribeSplit(source, options, publish, sentences)
    : sentences(source, options, publish);
}

async function* sentences(
  input: string | Readable,
  options: TranscribeOptions,
  publish: (event: TranscribeEvent) => void,
): AsyncGenerator<Sentence> {
  const { channels } = options;
  // Created first, because it catches errors of the input while the model of the local engine is downloaded.
  const reader = new RecordingReader(input, {
    ...pick(options, RECORDING_RULES),
    channels: channels === 'split' ? 'mix' : channels,
    languages: options.languageHints,
    fromMs: options.after?.end_time,
    untilMs: options.untilMs,
    sampleRate: cloudModelSampleRate(wireModelFor(options)),
    rate: rateOf(options.pace),
    onWarning: (detail) => publish({ type: 'warning', detail }),
  });
  try {
    const backend = await chooseBackend(pick(options, BACKEND_RULES));
    try {
      yield* recognised(reader, backend, options, publish);
    } finally {
      await backend.close();
    }
  } finally {
    await reader.close();
  }
}

async function* recognised(
  reader: RecordingReader,
  backend: Backend,
  options: TranscribeOptions,
  publish: (event: TranscribeEvent) => void,
): AsyncGenerator<Sentence> {
  const { after = BEGINNING, partials = false } = options;
  const fitted = fitToBackend(backend, pick(options, CLIENT_RULES));
  const sampleRate = cloudModelSampleRate(backend.client.model);
  const recognizer = recognizeStream(
    'transcribe',
    { ...fitted.options, sampleRate },
    { ...fitted.parts, after },
  );
  let finalMs = after.end_time;

  const publishProgress = (): void =>
    publish({ type: 'progress', detail: { audioMs: recognizer.sentMs, finalMs } });

  async function* frames(): AsyncGenerator<Buffer> {
    for await (const frame of reader.frames()) {
      yield frame;
      publishProgress();
    }
  }

  for (const detail of fitted.warnings) publish({ type: 'warning', detail });
  recognizer.on('warning', (detail) => publish({ type: 'warning', detail }));
  recognizer.on('reconnect', (detail) => publish({ type: 'reconnect', detail }));
  recognizer.on('gap', (detail) => publish({ type: 'gap', detail }));
  const stop = (): void => recognizer.stop();
  options.stop?.addEventListener('abort', stop);
  const sending = pipeline(frames, recognizer);
  // It rejects with the error of the recogniser, which the loop below throws.
  sending.catch(() => {});
  try {
    for await (const sentence of recognizer as AsyncIterable<Sentence>) {
      if (isSentenceEnd(sentence)) finalMs = sentence.end_time;
      if (partials || isSentenceEnd(sentence)) yield sentence;
    }
    publishProgress();
    if (reader.failure !== undefined) throw reader.failure;
    publish({ type: 'end', detail: { isWhole: reader.isComplete } });
  } finally {
    options.stop?.removeEventListener('abort', stop);
    recognizer.destroy();
    // Ends a read that waits for the input, for which `sending` would wait.
    await reader.close();
    await Promise.allSettled([sending]);
    const { metrics } = recognizer;
    if (metrics) publish({ type: 'metrics', detail: metrics });
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
