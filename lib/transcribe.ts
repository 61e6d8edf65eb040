import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RecordingReader } from './audio/recording-reader.ts';
import { STREAM_NAME } from './audio/source/audio-source.ts';
import { pathOrReadable, type RecordingInput } from './audio/source/recording-input.ts';
import { FunAsrError } from './core/errors.ts';
import { checkOptions, pick } from './core/options.ts';
import { type Backend, fitToBackend } from './engines/backend.ts';
import { BACKEND_RULES, chooseBackend, wireModelFor } from './engines/choose-backend.ts';
import { cloudModelSampleRate } from './protocol/cloud-models.ts';
import { OpenRecording } from './recognition/events/open-recording.ts';
import { recognizeStream } from './recognition/recognize-stream.ts';
import { BEGINNING, type FinalSentence, isSentenceEnd, type Sentence } from './sentence.ts';
import { publisherTo, type TranscribeEvent } from './transcribe-events.ts';
import {
  CLIENT_RULES,
  RECORDING_RULES,
  TRANSCRIBE_RULES,
  type TranscribeOptions,
} from './transcribe-options.ts';
import { transcribeSplit } from './transcribe-split.ts';

type Publish = (event: TranscribeEvent) => void;

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
  const whole = OpenRecording.current;
  const name = options.name ?? (typeof source === 'string' ? source : STREAM_NAME);
  return whole
    ? allSentences(source, options, publish, whole)
    : recorded(name, publish, (observed, recording) => allSentences(source, options, observed, recording));
}

function allSentences(
  source: string | Readable,
  options: TranscribeOptions,
  publish: Publish,
  recording: OpenRecording,
): AsyncIterable<Sentence> {
  return options.channels === 'split'
    ? transcribeSplit(source, options, publish, (...channel) => sentences(...channel, recording))
    : sentences(source, options, publish, recording);
}

/** Publishes diagnostics about a recording while it is transcribed. */
async function* recorded(
  name: string,
  publish: Publish,
  transcribed: (publish: Publish, recording: OpenRecording) => AsyncIterable<Sentence>,
): AsyncGenerator<Sentence> {
  const recording = new OpenRecording(name);
  let durationMs = 0;
  let finals = 0;
  const observe = (event: TranscribeEvent): void => {
    if (event.type === 'progress') durationMs = Math.round(event.detail.audioMs);
    publish(event);
  };
  try {
    for await (const sentence of transcribed(observe, recording)) {
      if (isSentenceEnd(sentence)) finals += 1;
      yield sentence;
    }
    recording.end('finished', { durationMs, sentences: finals });
  } catch (error) {
    const isAbort = error instanceof Error && error.name === 'AbortError';
    recording.end(isAbort ? 'aborted' : 'failed', { durationMs, sentences: finals, error });
    throw error;
  } finally {
    // The reader has stopped reading.
    recording.end('aborted', { durationMs, sentences: finals });
  }
}

async function* sentences(
  input: string | Readable,
  options: TranscribeOptions,
  publish: Publish,
  recording: OpenRecording,
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
      yield* recognised(reader, backend, options, { publish, recording });
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
  { publish, recording }: { readonly publish: Publish; readonly recording: OpenRecording },
): AsyncGenerator<Sentence> {
  const { after = BEGINNING, partials = false } = options;
  const fitted = fitToBackend(backend, pick(options, CLIENT_RULES));
  const sampleRate = cloudModelSampleRate(backend.client.model);
  const recognizer = recognizeStream(
    'transcribe',
    { ...fitted.options, sampleRate },
    { ...fitted.parts, after, recording },
  );
  let finalMs = after.end_time;

  const publishProgress = (): void =>
    publish({ type: 'progress', detail: { audioMs: recognizer.sentMs, finalMs } });

  async function* frames(): AsyncGenerator<Buffer> {
    let isTurn = backend.turn === undefined;
    for await (const frame of reader.frames()) {
      isTurn ||= (await backend.turn?.()) ?? true;
      if (!isTurn) return;
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
      if (isSentenceEnd(sentence)) {
        finalMs = sentence.end_time;
        publishProgress();
      }
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

function rateOf(speed: TranscribeOptions['pace']): number | undefined {
  if (speed === 'realtime') return 1;
  return speed === 'asap' ? undefined : speed;
}
