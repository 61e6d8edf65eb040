import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { stt } from '@livekit/agents';
import { frame } from '../../audio/frame.ts';
import { resample } from '../../audio/resample.ts';
import type { Backend } from '../../engines/backend.ts';
import { cloudModelSampleRate } from '../../protocol/cloud-models.ts';
import type { RecognizeStreamOptions } from '../../recognition/recognize-stream.ts';
import { recognize } from '../../recognize.ts';
import type { Sentence } from '../../sentence.ts';

/** A frame of audio: interleaved 16-bit samples. */
export type Frame = Exclude<Parameters<stt.STT['recognize']>[0], readonly unknown[]>;

/** Options of {@link FrameRecognition}. */
export interface FrameRecognitionOptions {
  readonly backend: Backend;
  readonly recognition: RecognizeStreamOptions;
  readonly ffmpegPath: string | undefined;
  readonly onSentence: (sentence: Sentence) => void;
}

/** Recognises frames of one sample rate and number of channels. */
export class FrameRecognition {
  readonly #sampleRate: number;
  readonly #channels: number;
  readonly #source = new PassThrough();
  /** Rejects when the recognition fails, also while nothing is pushed. */
  readonly done: Promise<void>;

  /** @param first The first frame, which is not pushed. */
  constructor({ sampleRate, channels }: Frame, options: FrameRecognitionOptions) {
    const { backend, recognition, ffmpegPath, onSentence } = options;
    this.#sampleRate = sampleRate;
    this.#channels = channels;
    const { signal } = recognition;
    const rate = cloudModelSampleRate(backend.client.model);
    const recognizer = recognize({ ...recognition, engine: backend, sampleRate: rate });
    const from = { sampleRate, channels, format: 's16le' } as const;
    const stages =
      sampleRate === rate && channels === 1 ? [] : [resample({ from, sampleRate: rate, ffmpegPath, signal })];
    const sending = pipeline([this.#source, ...stages, frame({ sampleRate: rate }), recognizer]);
    const reading = (async () => {
      for await (const sentence of recognizer) onSentence(sentence);
    })();
    // The error of the recognition is that of both; an error of a stage before it is that of the first.
    this.done = Promise.all([sending, reading]).then(() => {});
    this.done.catch(() => {});
  }

  /** Whether a frame has the same rate and channels. */
  fits({ sampleRate, channels }: Frame): boolean {
    return sampleRate === this.#sampleRate && channels === this.#channels;
  }

  /** Resolves when there is room for another frame, or when the recognition has failed. */
  async push({ data }: Frame): Promise<void> {
    const source = this.#source;
    if (source.destroyed) return;
    // Copied: LiveKit may use the memory of a frame again.
    const bytes = Buffer.from(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    if (source.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const proceed = (): void => {
        source.off('drain', proceed).off('close', proceed);
        resolve();
      };
      source.on('drain', proceed).on('close', proceed);
    });
  }

  /** Resolves when all audio was recognised. */
  async end(): Promise<void> {
    this.#source.end();
    await this.done;
  }
}
