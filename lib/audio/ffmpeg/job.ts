import type { FunAsrError } from '../../core/errors.ts';
import type { AudioSource } from '../source/audio-source.ts';
import type { GeneratorContext } from '../source/generator-stream.ts';
import { PacketGaps } from '../clock/packet-gaps.ts';
import { otherTracksArguments, packetListArguments, probeArguments } from './arguments/inspect-arguments.ts';
import { assessDecode, isTooShort } from './assess-decode.ts';
import { FfmpegProcess } from './ffmpeg-process.ts';
import type { Ffmpeg } from './find-ffmpeg.ts';
import type { FfmpegLog } from './log/ffmpeg-log.ts';

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

  /** Path of the FFmpeg. */
  get ffmpegPath(): string {
    return this.#ffmpeg.path;
  }

  /** Stops all work. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  /** The same work on another source. */
  on(source: AudioSource): FfmpegJob {
    return new FfmpegJob(this.#ffmpeg, source, { signal: this.#signal, warn: this.warn });
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

  /** Whether the packets of a file have gaps, or start late. False for a stream, which can be read only once. */
  async hasGaps(): Promise<boolean> {
    if (this.source.bytes) return false;
    const { media } = await this.readHeader();
    const gaps = new PacketGaps(media?.startMs ?? 0);
    await this.#runOverBeginning(packetListArguments(this.source.input), (bytes) => gaps.feed(bytes));
    return gaps.isFound;
  }

  /**
   * Assesses a run that has ended, and warns of what was lost.
   * @param decodedMs Duration of the audio that it produced.
   * @throws {FunAsrError} what {@link assessDecode} throws.
   */
  async assess(
    { exit = { code: null, signal: null }, log }: FfmpegProcess,
    decodedMs: number,
  ): Promise<void> {
    const { name, bytes, streamTruncation } = this.source;
    const truncation = this.source.truncation ?? streamTruncation?.();
    const end = { name, exit, decodedMs, log, truncation };
    const isUnclear = !bytes && log.media?.hasOtherTracks && isTooShort(end);
    const otherTracksMs = isUnclear ? await this.#otherTracksEndMs() : undefined;
    assessDecode({ ...end, otherTracksMs }).forEach(this.warn);
  }

  /** Where picture and subtitles of a file end, in ms. */
  async #otherTracksEndMs(): Promise<number> {
    const log = await this.#runOverBeginning(otherTracksArguments(this.source.input));
    return log.outputMs;
  }

  /** A stream stays whole: FFmpeg gets the bytes of it that are kept. */
  async #runOverBeginning(args: readonly string[], use?: (bytes: Buffer) => void): Promise<FfmpegLog> {
    const { bytes } = this.source;
    const process = new FfmpegProcess(this.#ffmpeg.path, args, {
      signal: this.#signal,
      feed: bytes && ((stdin) => bytes.writeKeptTo(stdin)),
    });
    try {
      for (let chunk = await process.read(); chunk !== undefined; chunk = await process.read()) use?.(chunk);
      return process.log;
    } finally {
      await process.kill();
    }
  }
}
