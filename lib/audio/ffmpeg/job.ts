import type { FunAsrError } from '../../core/errors.ts';
import type { AudioSource } from '../source/audio-source.ts';
import type { GeneratorContext } from '../source/generator-stream.ts';
import { levelArguments, probeArguments } from './decode-arguments.ts';
import { assessDecode } from './assess-decode.ts';
import { FfmpegProcess } from './ffmpeg-process.ts';
import type { Ffmpeg } from './find-ffmpeg.ts';
import type { FfmpegLog } from './log.ts';
import { channelInsteadOfMix, loudestChannelWarning, parseLevels } from './loudest-channel.ts';

/** Runs FFmpeg on one source: once over all of it, and before that over its beginning to examine it. */
export class FfmpegJob {
  readonly source: AudioSource;
  readonly warn: (warning: FunAsrError) => void;
  readonly #ffmpeg: Pick<Ffmpeg, 'path'>;
  readonly #signal: AbortSignal;

  constructor(ffmpeg: Pick<Ffmpeg, 'path'>, source: AudioSource, { signal, warn }: GeneratorContext) {
    this.source = source;
    this.warn = warn;
    this.#ffmpeg = ffmpeg;
    this.#signal = signal;
  }

  /** Runs FFmpeg over the whole source. */
  start(args: readonly string[]): FfmpegProcess {
    const { bytes } = this.source;
    return new FfmpegProcess(this.#ffmpeg.path, args, {
      signal: this.#signal,
      feed: bytes && ((stdin) => bytes.writeTo(stdin)),
      isStarving: bytes && (() => bytes.isStarving),
    });
  }

  /** Lets FFmpeg describe the source, or as much of a stream as is kept; decodes next to nothing of it. */
  async readHeader(): Promise<FfmpegLog> {
    return await this.#runOverBeginning(probeArguments(this.source.input));
  }

  /**
   * The channel to decode instead of the mix of all channels, counted from 0; undefined when the mix is as good as
   * the channels are. Measures a file, or as much of a stream as is kept. Warns when there is such a channel.
   * @param endMs End of the part that is measured. @default the whole source
   */
  async loudestChannel(endMs?: number): Promise<number | undefined> {
    const { name, input, bytes } = this.source;
    if (bytes && !bytes.isWhole) return undefined;
    const log = await this.#runOverBeginning(levelArguments(input, endMs));
    const levels = parseLevels(log.messages);
    const channel = levels && channelInsteadOfMix(levels);
    if (channel !== undefined) this.warn(loudestChannelWarning(name, channel));
    return channel;
  }

  /**
   * Assesses a run that has ended, and warns of what was lost.
   * @param decodedMs Duration of the audio that it produced.
   * @throws {FunAsrError} what {@link assessDecode} throws.
   */
  assess({ exit = { code: null, signal: null }, log }: FfmpegProcess, decodedMs: number): void {
    const { name, truncation } = this.source;
    assessDecode({ name, exit, decodedMs, log, truncation }).forEach(this.warn);
  }

  /** A stream stays whole: FFmpeg gets the bytes of it that are kept. */
  async #runOverBeginning(args: readonly string[]): Promise<FfmpegLog> {
    const { bytes } = this.source;
    const process = new FfmpegProcess(this.#ffmpeg.path, args, {
      signal: this.#signal,
      feed: bytes && ((stdin) => bytes.writeKeptTo(stdin)),
    });
    try {
      while (await process.read());
      return process.log;
    } finally {
      await process.kill();
    }
  }
}
