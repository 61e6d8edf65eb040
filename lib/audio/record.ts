import { addAbortSignal, Transform, type TransformCallback } from 'node:stream';
import { refuseWrongChunks } from '../core/chunk.ts';
import { FunAsrError } from '../core/errors.ts';
import { abortSignal, boolean, checkArgument, checkOptions, text } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { TypedDuplex } from '../core/typed-stream.ts';
import { DEFAULT_SAMPLE_RATE, durationOf, sampleRateRule } from '../media/pcm.ts';
import { WavFile } from './recording/wav-file.ts';
import type { AudioEvents } from './source/audio-events.ts';

/** The stage that {@link record} makes: PCM in, the same PCM out. */
export interface RecordStream extends TypedDuplex<AudioEvents> {}

/** Options of {@link record}. */
export interface RecordOptions extends StageOptions {
  /** Samples per second of the PCM. @default 16000 */
  readonly sampleRate?: number | undefined;
  /** Whether a file that exists is replaced. @default false */
  readonly force?: boolean | undefined;
}

/**
 * s16le mono PCM → the same PCM, and a WAV file of it. The sizes in the header of the file are renewed after each second
 * of audio, when that second is safe on the disk: a process that is killed, or a computer that loses power, leaves a WAV
 * file that any program can read, up to its last second. The recording can be transcribed again later.
 *
 * The stage passes a chunk on when it is written, so that a slow disk slows the source. When the stage is destroyed, the
 * file is completed with what it has; without a single sample it is removed.
 *
 * A WAV file holds at most 4 GiB, which are 37 hours at 16 kHz. Audio after that is passed on and not recorded; `warning`
 * is emitted with `W_RECORDING_FULL`. Fails with `E_EXISTS`, `E_WRITE` and `E_DISK_FULL`.
 * @param path The file. Its folder must exist.
 * @throws {FunAsrError} `E_OPTION`.
 * @example
 * await pipeline(capture({ stop }), record('talk.wav'), frame(), recognize({ live: true }), srt(), output);
 */
export function record(path: string, options: RecordOptions = {}): RecordStream {
  checkArgument('record', 'the path', path, text);
  checkOptions('record', options, { sampleRate: sampleRateRule, force: boolean, signal: abortSignal });
  return refuseWrongChunks(new RecordTransform(path, options));
}

class RecordTransform extends Transform {
  readonly #path: string;
  readonly #sampleRate: number;
  readonly #force: boolean;
  #file: WavFile | undefined;
  /** The write that is running: the file is closed after it. */
  #writing: Promise<unknown> | undefined;
  #isFull = false;

  constructor(path: string, { sampleRate = DEFAULT_SAMPLE_RATE, force = false, signal }: RecordOptions) {
    super();
    this.#path = path;
    this.#sampleRate = sampleRate;
    this.#force = force;
    // Last: a signal that is aborted already destroys the stage at once.
    if (signal) addAbortSignal(signal, this);
  }

  override _construct(callback: (error?: Error | null) => void): void {
    WavFile.create(this.#path, { sampleRate: this.#sampleRate, force: this.#force }).then((file) => {
      this.#file = file;
      callback();
    }, callback);
  }

  override _transform(pcm: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#writing = this.#write(pcm).then(() => callback(null, pcm), callback);
  }

  override _flush(callback: TransformCallback): void {
    const file = this.#file;
    this.#file = undefined;
    this.#writing = file?.close().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#end().then(
      () => callback(error),
      (failure: Error) => callback(error ?? failure),
    );
  }

  async #write(pcm: Buffer): Promise<void> {
    if (this.#isFull || !this.#file) return;
    this.#isFull = !(await this.#file.write(pcm));
    if (this.#isFull) this.emit('warning', recordingFull(this.#path, this.#file.dataBytes, this.#sampleRate));
  }

  async #end(): Promise<void> {
    await this.#writing;
    if (this.#file?.dataBytes === 0) await this.#file.discard();
    else await this.#file?.close();
  }
}

function recordingFull(path: string, bytes: number, sampleRate: number): FunAsrError {
  const hours = (durationOf(bytes, sampleRate) / 3_600_000).toFixed(1);
  return new FunAsrError(
    'W_RECORDING_FULL',
    `${path} has reached the largest size of a WAV file after ${hours} h: audio after it is not recorded`,
  );
}
