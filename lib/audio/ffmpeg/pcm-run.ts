import { FunAsrError } from '../../core/errors.ts';
import { type Step, throughSteps } from '../../core/stage.ts';
import type { ChannelLayout } from '../../media/channel-layout.ts';
import type { MediaInfo } from '../../media/media-info.ts';
import { BYTES_PER_SAMPLE, bytesOf, durationOf } from '../../media/pcm.ts';
import { riffChunks } from '../../media/riff.ts';
import { wavFormat } from '../../media/wav.ts';
import { Framer } from '../frame.ts';
import { BLOCK_MS } from '../channels/channel-block.ts';
import { ChannelMix, ChannelPick } from '../channels/channel-mix.ts';
import { FullScale } from '../channels/full-scale.ts';
import { decodeArguments, type DecodeCommand } from './arguments.ts';
import { tooLong } from './assess-decode.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import type { FfmpegJob } from './job.ts';
import { loudestChannelWarning } from './loudest-channel.ts';

/** The PCM that a run gives. */
export interface PcmRunOptions extends DecodeCommand {
  /** The mix of all channels, or one of them, counted from 0. */
  readonly channels: 'mix' | number;
  /** How a mix treats the centre channel of a surround layout. */
  readonly centre: 'auto' | 'off';
  /** Maximum duration of the audio. @default unlimited */
  readonly maxDurationMs?: number | undefined;
  /** Loudest sample of a float source, as a multiple of full scale. @default unknown */
  readonly peak?: number | undefined;
}

/** The header of a WAV that FFmpeg writes without metadata has 44 or 68 bytes. */
const MAX_HEADER_BYTES = 1024;

/** One run of FFmpeg over the whole source: gives mono s16le in whole samples, up to the maximum duration. */
export class PcmRun {
  readonly #job: FfmpegJob;
  readonly #options: PcmRunOptions;
  readonly #process: FfmpegProcess;
  readonly #limit: number;
  readonly #pcm: AsyncGenerator<Buffer, void, void>;
  #bytes = 0;
  #isTooLong = false;
  /** Read before the first PCM was asked for. */
  #first: Promise<Buffer | undefined> | undefined;

  constructor(job: FfmpegJob, options: PcmRunOptions) {
    this.#job = job;
    this.#options = options;
    this.#limit =
      options.maxDurationMs === undefined ? Infinity : bytesOf(options.maxDurationMs, options.sampleRate);
    this.#process = job.start(decodeArguments(job.source.input, options));
    this.#pcm = this.#reduced();
  }

  /** Waits for FFmpeg's description of the source; undefined when it could not read the header. */
  async description(): Promise<MediaInfo | undefined> {
    this.#first ??= this.#process.read();
    await this.#first;
    await this.#process.described();
    return this.#process.log.media;
  }

  /** The next PCM; undefined at the end, when the run was assessed. */
  async read(): Promise<Buffer | undefined> {
    const { sampleRate, maxDurationMs = 0 } = this.#options;
    if (this.#isTooLong) throw tooLong(this.#job.source.name, maxDurationMs);
    const pcm = await this.readQuietly();
    if (pcm === undefined) {
      this.#job.assess(this.#process, durationOf(this.#bytes, sampleRate));
      return undefined;
    }
    const allowed = pcm.subarray(0, this.#limit - this.#bytes);
    this.#bytes += allowed.length;
    // The audio before the limit is given first.
    this.#isTooLong = allowed.length < pcm.length;
    return allowed;
  }

  /** The next PCM, without a limit and without an assessment. */
  async readQuietly(): Promise<Buffer | undefined> {
    const { value, done } = await this.#pcm.next();
    return done ? undefined : value;
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  async #read(): Promise<Buffer | undefined> {
    const first = this.#first;
    this.#first = undefined;
    return first ? await first : await this.#process.read();
  }

  /** The audio data of FFmpeg's output, reduced to one channel. */
  async *#reduced(): AsyncGenerator<Buffer, void, void> {
    let head: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = await this.#read();
      // FFmpeg that fails may write no header, or no audio after it.
      if (chunk === undefined) return;
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const data = [...riffChunks(head)].find(({ id }) => id === 'data');
      if (!data && head.length < MAX_HEADER_BYTES) continue;
      const format = wavFormat(head);
      if (!data || !format) throw new FunAsrError('E_INTERNAL', 'FFmpeg wrote no WAV header');
      const steps = this.#steps({ channels: format.channels, mask: format.channelMask }, format.isFloat32);
      yield* throughSteps(this.#data(head.subarray(data.offset)), steps);
      return;
    }
  }

  async *#data(first: Buffer): AsyncGenerator<Buffer, void, void> {
    if (first.length > 0) yield first;
    for (let chunk = await this.#read(); chunk !== undefined; chunk = await this.#read()) yield chunk;
  }

  #steps(layout: ChannelLayout, isFloat: boolean): Step<Buffer, Buffer>[] {
    const { channels, centre, sampleRate, peak } = this.#options;
    const { name } = this.#job.source;
    if (channels !== 'mix' && channels >= layout.channels) throw noChannel(name, channels, layout.channels);
    if (layout.channels === 1 && !isFloat) return [new WholeSamples()];
    const sampleBytes = isFloat ? 4 : BYTES_PER_SAMPLE;
    const frameBytes = sampleBytes * layout.channels;
    const convert = isFloat ? new FullScale(peak) : AS_SAMPLES;
    const onSingleChannel = (span: Parameters<typeof loudestChannelWarning>[1]): void =>
      this.#job.warn(loudestChannelWarning(name, span));
    const reduce =
      channels === 'mix'
        ? new ChannelMix({ ...layout, sampleRate, centre, onSingleChannel })
        : new ChannelPick(layout.channels, channels);
    const blockFrames = bytesOf(BLOCK_MS, sampleRate) / BYTES_PER_SAMPLE;
    return [new Framer(blockFrames * frameBytes), new Reduce(frameBytes, convert, reduce)];
  }
}

/** Half a sample at the end of a chunk waits for its other half; at the end of the audio it is dropped. */
class WholeSamples implements Step<Buffer, Buffer> {
  #half: Buffer | undefined;

  *feed(chunk: Buffer): Iterable<Buffer> {
    const bytes = this.#half ? Buffer.concat([this.#half, chunk]) : chunk;
    const odd = bytes.length % BYTES_PER_SAMPLE;
    this.#half = odd > 0 ? bytes.subarray(-odd) : undefined;
    const whole = odd > 0 ? bytes.subarray(0, -odd) : bytes;
    if (whole.length > 0) yield whole;
  }

  *end(): Iterable<Buffer> {}
}

/** Blocks of interleaved bytes → mono s16le. */
class Reduce implements Step<Buffer, Buffer> {
  readonly #frameBytes: number;
  readonly #convert: Step<Buffer, Int16Array>;
  readonly #reduce: Step<Int16Array, Int16Array>;

  constructor(
    frameBytes: number,
    convert: Step<Buffer, Int16Array>,
    reduce: Step<Int16Array, Int16Array>,
  ) {
    this.#frameBytes = frameBytes;
    this.#convert = convert;
    this.#reduce = reduce;
  }

  *feed(block: Buffer): Iterable<Buffer> {
    const whole = block.subarray(0, block.length - (block.length % this.#frameBytes));
    if (whole.length === 0) return;
    for (const samples of this.#convert.feed(whole)) {
      for (const mono of this.#reduce.feed(samples)) yield asBytes(mono);
    }
  }

  *end(): Iterable<Buffer> {
    for (const mono of this.#reduce.end()) yield asBytes(mono);
  }
}

/** Reads s16le bytes as samples, without a copy where their place in memory allows it. */
const AS_SAMPLES: Step<Buffer, Int16Array> = {
  *feed(bytes) {
    const { buffer, byteOffset, length } = bytes.byteOffset % BYTES_PER_SAMPLE === 0 ? bytes : new Uint8Array(bytes);
    yield new Int16Array(buffer, byteOffset, length / BYTES_PER_SAMPLE);
  },
  end: () => [],
};

function asBytes({ buffer, byteOffset, byteLength }: Int16Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function noChannel(name: string, channel: number, channels: number): FunAsrError {
  const known = channels === 1 ? 'only channel 0' : `only channels 0 to ${channels - 1}`;
  return new FunAsrError('E_TRACK', `${name}: it has no channel ${channel}, ${known}`, {
    hint: 'Channels are counted from 0.',
  });
}
