import type { Readable } from 'node:stream';
import { countChannels } from './audio/count-channels.ts';
import { ReadableChunks } from './audio/source/readable-chunks.ts';
import { Replayable } from './audio/source/replayable.ts';
import { abortError, STREAM_NAME } from './audio/source/audio-source.ts';
import { spooled } from './audio/source/spool.ts';
import type { FunAsrError } from './core/errors.ts';
import { pick } from './core/options.ts';
import { BACKEND_RULES, chooseBackend } from './engines/choose-backend.ts';
import type { RecognitionMetrics } from './recognition/events/metrics.ts';
import { SentenceMerge } from './sentence-merge.ts';
import { BEGINNING, type FinalSentence, isSentenceEnd, type Sentence } from './sentence.ts';
import type { TranscribeOptions } from './transcribe-options.ts';
import type { TranscribeEvent, TranscribeProgress } from './transcribe-events.ts';

/** Transcribes one channel of a recording. */
type Transcribe = (
  input: string,
  options: TranscribeOptions,
  publish: (event: TranscribeEvent) => void,
) => AsyncIterable<Sentence>;

/** Name of the speaker of a channel, counted from 0; undefined when a recording has only one and it has no name. */
export function speakerOf(
  channel: number,
  channels: number,
  names: readonly string[] | undefined,
): string | undefined {
  return names?.[channel] ?? (channels === 1 ? undefined : `Speaker ${channel + 1}`);
}

/**
 * Transcribes each channel of a recording by itself, and merges the sentences by their time. Every channel is decoded
 * from the file by an FFmpeg of its own, so that none waits for another one; a stream is copied to a file first.
 */
export async function* transcribeSplit(
  input: string | Readable,
  options: TranscribeOptions,
  publish: (event: TranscribeEvent) => void,
  transcribe: Transcribe,
): AsyncGenerator<FinalSentence> {
  yield* typeof input === 'string'
    ? splitFile(input, options, publish, transcribe)
    : withSpooledFile(input, options.signal, (path) =>
        splitFile(path, { name: STREAM_NAME, ...options }, publish, transcribe),
      );
}

/**
 * Copies a stream to a temporary file for as long as `use` runs. An error of the stream is thrown after everything that
 * was made of its bytes.
 */
export async function* withSpooledFile<T>(
  input: Readable,
  signal: AbortSignal | undefined,
  use: (path: string) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const chunks = new ReadableChunks(input);
  const destroy = (): void => chunks.destroy();
  signal?.addEventListener('abort', destroy);
  try {
    if (signal?.aborted) throw abortError(signal);
    yield* spooled(new Replayable(chunks, 0), use);
    if (chunks.failure !== undefined) throw chunks.failure;
  } finally {
    signal?.removeEventListener('abort', destroy);
    destroy();
  }
}

async function* splitFile(
  path: string,
  options: TranscribeOptions,
  publish: (event: TranscribeEvent) => void,
  transcribe: Transcribe,
): AsyncGenerator<FinalSentence> {
  const { audioTrack, languageHints, ffmpegPath, signal, name, speakers, after = BEGINNING } = options;
  const channels = await countChannels(path, {
    audioTrack,
    languages: languageHints,
    ffmpegPath,
    signal,
    name,
  });
  const backend = await chooseBackend(pick(options, BACKEND_RULES));
  const abort = new AbortController();
  const merge = new SentenceMerge(channels);
  const events = new ChannelEvents(channels, publish);
  const run = async (channel: number): Promise<void> => {
    const { speakers: _speakers, ...others } = options;
    const sentences = transcribe(
      path,
      {
        ...others,
        engine: backend,
        channels: channel,
        after: { sentence_id: 0, end_time: after.end_time },
        signal: signal ? AbortSignal.any([signal, abort.signal]) : abort.signal,
      },
      (event) => events.add(channel, event),
    );
    for await (const sentence of sentences) {
      if (!isSentenceEnd(sentence)) continue;
      const speaker = speakerOf(channel, channels, speakers);
      await merge.add(channel, { ...sentence, channel_id: channel, ...(speaker && { speaker }) });
    }
  };
  const runs = Array.from({ length: channels }, (_, channel) =>
    run(channel).then(
      () => merge.end(channel),
      (error: unknown) => merge.end(channel, error),
    ),
  );
  try {
    let number = after.sentence_id;
    for await (const sentence of merge.sentences()) yield { ...sentence, sentence_id: ++number };
    events.publishEnd();
  } finally {
    abort.abort();
    merge.close();
    await Promise.all(runs);
    events.publishMetrics();
    await backend.close();
  }
}

/** Makes the events of several recognitions those of one recording. */
class ChannelEvents {
  readonly #publish: (event: TranscribeEvent) => void;
  readonly #progress: TranscribeProgress[];
  readonly #metrics: RecognitionMetrics[] = [];
  readonly #warnings = new Set<string>();
  #isWhole = true;

  constructor(channels: number, publish: (event: TranscribeEvent) => void) {
    this.#publish = publish;
    this.#progress = Array.from({ length: channels }, () => ({ audioMs: 0, finalMs: 0 }));
  }

  /** Adds an event of one channel. */
  add(channel: number, event: TranscribeEvent): void {
    switch (event.type) {
      case 'progress':
        this.#progress[channel] = event.detail;
        return this.#publishProgress();
      case 'end':
        this.#isWhole &&= event.detail.isWhole;
        return;
      case 'metrics':
        this.#metrics.push(event.detail);
        return;
      case 'warning':
        if (this.#isNew(event.detail)) this.#publish(event);
        return;
      default:
        this.#publish(event);
    }
  }

  /** Publishes the end of all recognitions. */
  publishEnd(): void {
    this.#publish({ type: 'end', detail: { isWhole: this.#isWhole } });
  }

  /** Publishes the sum of the figures: every channel is billed. */
  publishMetrics(): void {
    const first = this.#metrics[0];
    if (!first) return;
    const sum = (field: 'tasks' | 'sentMs' | 'resentMs' | 'billedSeconds'): number =>
      this.#metrics.reduce((total, metrics) => total + metrics[field], 0);
    const detail = {
      ...first,
      tasks: sum('tasks'),
      sentMs: sum('sentMs'),
      resentMs: sum('resentMs'),
      billedSeconds: sum('billedSeconds'),
    };
    this.#publish({ type: 'metrics', detail });
  }

  /** The mean of the channels, in ms of the recording. */
  #publishProgress(): void {
    const mean = (field: keyof TranscribeProgress): number =>
      this.#progress.reduce((sum, progress) => sum + progress[field], 0) / this.#progress.length;
    this.#publish({ type: 'progress', detail: { audioMs: mean('audioMs'), finalMs: mean('finalMs') } });
  }

  /** Every channel is decoded from the same file: what is wrong with it is reported once. */
  #isNew(warning: FunAsrError): boolean {
    const key = JSON.stringify([warning.code, warning.message, warning.span]);
    if (this.#warnings.has(key)) return false;
    this.#warnings.add(key);
    return true;
  }
}
