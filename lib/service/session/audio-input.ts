import type { Duplex } from 'node:stream';
import { decode } from '../../audio/decode.ts';
import { resample } from '../../audio/resample.ts';
import { FunAsrError } from '../../core/errors.ts';
import { FormatCheck } from '../../media/format-check.ts';
import { TaskFailure } from './task-failure.ts';
import type { TaskSettings } from './task-settings.ts';

/** The way of a task's audio, from what the client sends to what the engine hears. */
export interface AudioInput {
  /** Takes bytes cut anywhere. Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>;
  /** No more bytes. Resolves when all of them were heard. */
  end(): Promise<void>;
  /** Stops at once. */
  destroy(): void;
}

/** Takes mono s16le PCM; resolves when there is room for more. */
export type Hear = (pcm: Buffer) => Promise<void>;

/** What every engine hears, in Hz: all that has to be converted becomes this. */
export const STANDARD_RATE = 16_000;

/**
 * Opens the way for audio of a declared format: straight on when the engine hears it as it is, else through FFmpeg.
 * Its `write` and `end` reject with what `hear` rejected with, or with a {@link TaskFailure} of
 * `UNSUPPORTED_FORMAT` when the bytes are not what was declared.
 * @param engineRate What the engine hears, in Hz.
 */
export function openAudioInput(
  { format, sampleRate }: Pick<TaskSettings, 'format' | 'sampleRate'>,
  hear: Hear,
  engineRate: number = STANDARD_RATE,
): AudioInput {
  if (format !== 'pcm') return new ConvertedAudio(decode(), hear, new FormatCheck(format, sampleRate));
  if (sampleRate === engineRate) return { write: hear, end: async () => {}, destroy: () => {} };
  return new ConvertedAudio(resample({ from: { sampleRate, channels: 1, format: 's16le' } }), hear);
}

/** Audio that goes through a stage first. */
class ConvertedAudio implements AudioInput {
  readonly #stage: Duplex;
  readonly #check: FormatCheck | undefined;
  readonly #allHeard: Promise<void>;
  #failure: unknown;
  /** Ends a write that the stage will not take any more. */
  #giveUp: (failure: unknown) => void = () => {};

  constructor(stage: Duplex, hear: Hear, check?: FormatCheck) {
    this.#stage = stage;
    this.#check = check;
    this.#allHeard = hearAll(stage, hear);
    this.#allHeard.catch((failure: unknown) => {
      this.#failure = failure;
      this.#giveUp(failure);
    });
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#put(this.#checked(() => this.#check?.feed(bytes) ?? bytes));
  }

  async end(): Promise<void> {
    await this.#put(this.#checked(() => this.#check?.end() ?? Buffer.alloc(0)));
    this.#stage.end();
    await this.#allHeard;
  }

  destroy(): void {
    this.#stage.destroy();
  }

  #checked(check: () => Buffer): Buffer {
    try {
      return check();
    } catch (error) {
      throw asTaskFailure(error);
    }
  }

  #put(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#giveUp = reject;
      // The stage calls back when it has taken the bytes: FFmpeg's pace, and the engine's behind it, gets through.
      this.#stage.write(bytes, () => resolve());
    });
  }
}

async function hearAll(stage: Duplex, hear: Hear): Promise<void> {
  try {
    for await (const pcm of stage) await hear(pcm as Buffer);
  } catch (error) {
    throw asTaskFailure(error);
  }
}

/** Of what goes wrong with audio, only what is wrong with the bytes is the client's doing. */
function asTaskFailure(error: unknown): unknown {
  const isBytes = error instanceof FunAsrError && ['E_BAD_MEDIA', 'E_PARAM'].includes(error.code);
  if (!isBytes) return error;
  const message = `UNSUPPORTED_FORMAT: Failed to decode audio: ${error.message}`;
  return new TaskFailure('UNSUPPORTED_FORMAT', message, error);
}
