import type { Duplex } from 'node:stream';
import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import { decode } from '../../audio/decode.ts';
import { resample } from '../../audio/resample.ts';
import { FunAsrError } from '../../core/errors.ts';
import { SERVICE_CODES, SERVICE_MESSAGES } from '../../protocol/errors/service-codes.ts';
import { FormatCheck } from '../../media/format-check.ts';
import { TaskError } from './task-error.ts';
import type { TaskSettings } from './task-settings.ts';

/** Converts the audio of one task to the PCM of the engine. */
export interface AudioConversion {
  /** Accepts bytes in chunks of any size. Resolves when more can be written. */
  write(bytes: Buffer): Promise<void>;
  /** Ends the audio. Resolves when all of it was passed on. */
  end(): Promise<void>;
  /** Stops at once. */
  destroy(): void;
}

/** Accepts mono s16le PCM. Resolves when more can be written. */
export type PcmWriter = (pcm: Buffer) => Promise<void>;

/**
 * Opens the conversion of audio in a declared format. PCM that the engine supports is passed on unchanged; all other
 * audio is converted by FFmpeg. `write` and `end` reject with the error of `writePcm`, or with a {@link TaskError}
 * `UNSUPPORTED_FORMAT` when the bytes are not in the declared format.
 * @param writePcm Passes the PCM on to the engine.
 * @param engineSampleRate Of the PCM for the engine, in Hz.
 */
export function openAudioConversion(
  { format, sampleRate }: Pick<TaskSettings, 'format' | 'sampleRate'>,
  writePcm: PcmWriter,
  engineSampleRate: number = DEFAULT_SAMPLE_RATE,
): AudioConversion {
  if (format !== 'pcm') return new ConvertedAudio(decode(), writePcm, new FormatCheck(format, sampleRate));
  if (sampleRate === engineSampleRate) return { write: writePcm, end: async () => {}, destroy: () => {} };
  return new ConvertedAudio(resample({ from: { sampleRate, channels: 1, format: 's16le' } }), writePcm);
}

/** Audio that passes through a stage. */
class ConvertedAudio implements AudioConversion {
  readonly #stage: Duplex;
  readonly #check: FormatCheck | undefined;
  readonly #allWritten: Promise<void>;
  #error: unknown;
  /** Rejects a write that the stage will not complete after an error. */
  #rejectWrite: (error: unknown) => void = () => {};

  constructor(stage: Duplex, writePcm: PcmWriter, check?: FormatCheck) {
    this.#stage = stage;
    this.#check = check;
    this.#allWritten = writeAll(stage, writePcm);
    this.#allWritten.catch((error: unknown) => {
      this.#error = error;
      this.#rejectWrite(error);
    });
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#writeToStage(this.#checked(() => this.#check?.feed(bytes) ?? bytes));
  }

  async end(): Promise<void> {
    await this.#writeToStage(this.#checked(() => this.#check?.end() ?? Buffer.alloc(0)));
    this.#stage.end();
    await this.#allWritten;
  }

  destroy(): void {
    this.#stage.destroy();
  }

  #checked(check: () => Buffer): Buffer {
    try {
      return check();
    } catch (error) {
      throw asTaskError(error);
    }
  }

  #writeToStage(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (this.#error) return reject(this.#error);
      this.#rejectWrite = reject;
      // The stage calls back when it has taken the bytes. This slows the client to the speed of FFmpeg and the engine.
      this.#stage.write(bytes, () => resolve());
    });
  }
}

async function writeAll(stage: Duplex, writePcm: PcmWriter): Promise<void> {
  try {
    for await (const pcm of stage) await writePcm(pcm as Buffer);
  } catch (error) {
    throw asTaskError(error);
  }
}

/** Converts an error that the bytes of the client have caused. Leaves any other error as it is. */
function asTaskError(error: unknown): unknown {
  const isCausedByBytes = error instanceof FunAsrError && ['E_BAD_MEDIA', 'E_PARAM'].includes(error.code);
  if (!isCausedByBytes) return error;
  const message = `${SERVICE_CODES.unsupportedFormat}: ${SERVICE_MESSAGES.undecodable}: ${error.message}`;
  return new TaskError(SERVICE_CODES.unsupportedFormat, message, error);
}
