import { addAbortSignal, type Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { decode } from './audio/decode.ts';
import { type DecodeOptions, decodeFile } from './audio/decode-file.ts';
import { frame } from './audio/frame.ts';
import { pace } from './audio/pace.ts';
import { type ChosenEngine, chooseEngine, ENGINE_RULES, type EngineOptions } from './engine.ts';
import type { FunAsrError } from './errors.ts';
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
} from './options.ts';
import { sampleRateOf } from './recognition/models.ts';
import { RECOGNIZE_RULES, recognize, type RecognizeOptions } from './recognition/recognize.ts';
import { isSentenceEnd, type Sentence } from './sentence.ts';

/** How far a transcription has come, in ms of the recording. */
export interface TranscribeProgress {
  /** Audio given to the service. */
  readonly audioMs: number;
  /** Up to where the text is final. */
  readonly finalMs: number;
}

export interface TranscribeOptions extends Omit<RecognizeOptions, 'format' | 'sampleRate'>, EngineOptions {
  /** Yields partial sentences too. @default false */
  readonly partials?: boolean | undefined;
  /**
   * How fast the audio is sent: as fast as the service takes it, in real time, or at so many times real time.
   * @default 'asap'
   */
  readonly pace?: 'asap' | 'realtime' | number | undefined;
  /** Refuses a longer recording, in ms, by its header or while decoding. @default none */
  readonly maxDuration?: number | undefined;
  /** FFmpeg to use. @default the first that is found */
  readonly ffmpegPath?: string | undefined;
  /** Stops reading the input; what was sent until then is recognised and yielded, and the end is a normal one. */
  readonly stop?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TranscribeProgress) => void) | undefined;
  /** Called with each loss that is not a failure. */
  readonly onWarning?: ((warning: FunAsrError) => void) | undefined;
}

const { format: _format, sampleRate: _sampleRate, ...CLIENT_RULES } = RECOGNIZE_RULES;

const TRANSCRIBE_RULES: Rules<TranscribeOptions> = {
  ...CLIENT_RULES,
  ...ENGINE_RULES,
  pace: anyOf(oneOf('asap', 'realtime'), number(0.01, 1000, 'times real time')),
  maxDuration: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  ffmpegPath: text,
  stop: abortSignal,
  onProgress: callback,
  onWarning: callback,
};

/**
 * One recording to its sentences: decodes, frames, recognises, and nothing else. The input is a path, or a
 * stream of the bytes of a file. Sentences that came before a failure have been yielded when it is thrown.
 * @throws {FunAsrError} `E_OPTION` at once; every other code while iterating.
 */
export function transcribe(
  input: string | Readable,
  options: TranscribeOptions = {},
): AsyncIterable<Sentence> {
  checkOptions('transcribe', options, TRANSCRIBE_RULES);
  return sentences(input, options);
}

async function* sentences(input: string | Readable, options: TranscribeOptions): AsyncGenerator<Sentence> {
  const chosen = await chooseEngine(pick(options, ENGINE_RULES));
  try {
    yield* recognised(input, options, chosen.client);
  } finally {
    await chosen.close();
  }
}

async function* recognised(
  input: string | Readable,
  options: TranscribeOptions,
  client: ChosenEngine['client'],
): AsyncGenerator<Sentence> {
  const { onWarning, onProgress } = options;
  const sampleRate = sampleRateOf(client.model);
  const recognizer = recognize({ ...pick(options, CLIENT_RULES), ...client, sampleRate });
  const frames = decodedFrames(input, options, sampleRate);
  const progress = { audioMs: 0, finalMs: 0 };
  let failure: unknown;

  async function* audio(): AsyncGenerator<Buffer> {
    try {
      for await (const piece of frames as AsyncIterable<Buffer>) {
        yield piece;
        progress.audioMs += (piece.length * 1000) / (sampleRate * 2);
        onProgress?.({ ...progress });
      }
    } catch (error) {
      // What was sent before the input failed is still recognised; then the failure is thrown.
      if (!options.stop?.aborted) failure = error;
    }
  }

  if (onWarning) recognizer.on('warning', onWarning);
  const sending = pipeline(audio, recognizer);
  // Its error is that of the recogniser, which the loop below throws.
  sending.catch(() => {});
  try {
    for await (const sentence of recognizer as AsyncIterable<Sentence>) {
      if (isSentenceEnd(sentence)) progress.finalMs = sentence.end_time;
      if (options.partials || isSentenceEnd(sentence)) yield sentence;
    }
    if (failure !== undefined) throw failure;
  } finally {
    recognizer.destroy();
    frames.destroy();
    await Promise.allSettled([sending, finished(frames)]);
  }
}

/** The recording as frames of PCM. A failure on the way destroys the stream that is returned. */
function decodedFrames(input: string | Readable, options: TranscribeOptions, sampleRate: number): Readable {
  const { signal, stop, onWarning } = options;
  const decoding: DecodeOptions = {
    sampleRate,
    maxDuration: options.maxDuration,
    ffmpegPath: options.ffmpegPath,
    signal,
  };
  const source = typeof input === 'string' ? [] : [input];
  const decoder = typeof input === 'string' ? decodeFile(input, decoding) : decode(decoding);
  const rate = options.pace === 'realtime' ? 1 : options.pace;
  const paced = rate === undefined || rate === 'asap' ? [] : [pace({ rate, sampleRate })];
  const stages = [...source, decoder, frame({ sampleRate }), ...paced];
  if (onWarning) decoder.on('warning', onWarning);
  const frames = stages.at(-1) as Readable;
  if (stop) addAbortSignal(stop, frames);
  // The error of any stage arrives where the frames are read.
  pipeline(stages).catch(() => {});
  return frames;
}
