import { FunAsrError } from '../../core/errors.ts';
import { type Step, throughSteps } from '../../core/stage.ts';
import { type ChannelLayout, layoutMask } from '../../media/channel-layout.ts';
import { defaultTrack, type MediaInfo } from '../../media/media-info.ts';
import { BYTES_PER_SAMPLE, bytesOf, durationOf } from '../../media/pcm.ts';
import { riffChunks } from '../../media/containers/riff.ts';
import { wavFormat } from '../../media/containers/wav.ts';
import { Framer } from '../frame.ts';
import { BLOCK_MS } from '../channels/channel-block.ts';
import type { SingleChannelSpan } from '../channels/cancellation.ts';
import { loudestChannelWarning } from '../channels/channel-warnings.ts';
import { ChannelMix, ChannelPick } from '../channels/channel-mix.ts';
import { ClockedPcm } from '../clock/clocked-pcm.ts';
import { clockWarnings } from '../clock/clock-warnings.ts';
import { decodeArguments, type PcmShapeArguments } from './arguments/decode-arguments.ts';
import { tooLong } from './assess-decode.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import type { FfmpegJob } from './job.ts';

/** The PCM that a run gives. */
export interface PcmRunOptions
  extends Pick<PcmShapeArguments, 'sampleRate' | 'streamIndex' | 'levelFilter' | 'hasMetadata'> {
  /** The mix of all channels, or one of them, counted from 0. */
  readonly channels: 'mix' | number;
  /** How a mix treats the centre channel of a surround layout. */
  readonly centre: 'auto' | 'off';
  /** Maximum duration of the audio. @default unlimited */
  readonly maxDurationMs?: number | undefined;
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
  /** Reads timed PCM; undefined when FFmpeg writes a WAV. */
  readonly #clocked: ClockedPcm | undefined;
  #bytes = 0;
  #quietBytes = 0;
  #isTooLong = false;
  /** Read before the first PCM was asked for. */
  #first: Promise<Buffer | undefined> | undefined;

  constructor(job: FfmpegJob, options: PcmRunOptions) {
    this.#job = job;
    this.#options = options;
    this.#limit =
      options.maxDurationMs === undefined
        ? Infinity
        : Math.max(0, bytesOf(options.maxDurationMs - this.#offsetMs, options.sampleRate));
    const { sampleRate, streamIndex, levelFilter, hasMetadata = false } = options;
    const isFollowed = job.source.isTimed ?? false;
    // Timed PCM is also the format that has a place for metadata.
    const isTimed = isFollowed || hasMetadata;
    this.#clocked = isTimed ? new ClockedPcm(sampleRate, { isFollowed }) : undefined;
    const shape = { sampleRate, streamIndex, levelFilter, hasMetadata, isTimed };
    this.#process = job.start(decodeArguments(job.source.input, shape));
    this.#pcm = this.#clocked ? this.#reducedByClock(this.#clocked) : this.#reduced();
  }

  /** Waits for FFmpeg's description of the source; undefined when it could not read the header. */
  async description(): Promise<MediaInfo | undefined> {
    this.#first ??= this.#process.read();
    await this.#first;
    return await this.#process.log.description;
  }

  /** The next PCM; undefined at the end, when the run was assessed. */
  async read(): Promise<Buffer | undefined> {
    const { sampleRate, maxDurationMs = 0 } = this.#options;
    if (this.#isTooLong) throw tooLong(this.#job.source.name, maxDurationMs);
    const pcm = await this.readQuietly();
    if (pcm === undefined) {
      await this.#assess(durationOf(this.#bytes, sampleRate));
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
    if (done) return undefined;
    this.#quietBytes += value.length;
    return value;
  }

  /** Assesses what {@link readQuietly} has read to its end. */
  async assess(): Promise<void> {
    await this.#assess(durationOf(this.#quietBytes, this.#options.sampleRate));
  }

  /** Whether there was any audio so far. */
  get hasSound(): boolean {
    return this.#quietBytes > 0;
  }

  /** Metadata of the source, where they were asked for: known when there is PCM. */
  get metadata(): ReadonlyMap<string, string> {
    return this.#clocked?.metadata ?? new Map();
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Duration of the recordings before this one in the same input, in ms. */
  get #offsetMs(): number {
    return this.#job.source.offsetMs ?? 0;
  }

  async #assess(durationMs: number): Promise<void> {
    await this.#job.assess(this.#process, durationMs);
    const { name } = this.#job.source;
    if (this.#clocked) clockWarnings(name, this.#clocked.clock, this.#offsetMs).forEach(this.#job.warn);
  }

  async #read(): Promise<Buffer | undefined> {
    const first = this.#first;
    this.#first = undefined;
    return first ? await first : await this.#process.read();
  }

  /** The audio data of a WAV, reduced to one channel. */
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
      const steps = this.#steps({ channels: format.channels, mask: format.channelMask });
      yield* throughSteps(this.#data(head.subarray(data.offset)), steps);
      return;
    }
  }

  async *#data(first: Buffer): AsyncGenerator<Buffer, void, void> {
    if (first.length > 0) yield first;
    for (let chunk = await this.#read(); chunk !== undefined; chunk = await this.#read()) yield chunk;
  }

  /** Timed PCM with silence in its gaps, reduced to one channel. */
  async *#reducedByClock(clocked: ClockedPcm): AsyncGenerator<Buffer, void, void> {
    const timed = this.#filled(clocked);
    const first = await timed.next();
    if (first.done) return;
    const media = await this.#process.log.description;
    const { streamIndex } = this.#options;
    const track =
      streamIndex === undefined
        ? media && defaultTrack(media)
        : media?.tracks.find((candidate) => candidate.streamIndex === streamIndex);
    const steps = this.#steps({ channels: clocked.channels, mask: layoutMask(track?.layout ?? '') });
    yield* throughSteps(startingWith(first.value, timed), steps);
  }

  async *#filled(clocked: ClockedPcm): AsyncGenerator<Buffer, void, void> {
    let media: MediaInfo | undefined;
    for (let chunk = await this.#read(); chunk !== undefined; chunk = await this.#read()) {
      media ??= await this.#process.log.description;
      yield* clocked.feed(chunk, media?.startMs);
    }
  }

  #steps(layout: ChannelLayout): Step<Buffer, Buffer>[] {
    const { channels, centre, sampleRate } = this.#options;
    const { name } = this.#job.source;
    if (channels !== 'mix' && channels >= layout.channels) throw noChannel(name, channels, layout.channels);
    if (layout.channels === 1) return [new WholeSamples()];
    const frameBytes = BYTES_PER_SAMPLE * layout.channels;
    const offsetMs = this.#offsetMs;
    const onSingleChannel = ({ beginMs, endMs, channel }: SingleChannelSpan): void => {
      const span = { beginMs: beginMs + offsetMs, endMs: endMs + offsetMs, channel };
      this.#job.warn(loudestChannelWarning(name, span));
    };
    const reduce =
      channels === 'mix'
        ? new ChannelMix({ ...layout, sampleRate, centre, onSingleChannel })
        : new ChannelPick(layout.channels, channels);
    const blockFrames = bytesOf(BLOCK_MS, sampleRate) / BYTES_PER_SAMPLE;
    return [new Reduce(frameBytes, blockFrames, reduce)];
  }
}

async function* startingWith(
  first: Buffer,
  rest: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  yield first;
  yield* rest;
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

/**
 * Interleaved bytes → mono s16le, block by block. The blocks of a chunk are given together: each item that passes
 * through the streams after this one costs more than the mix of a block.
 */
class Reduce implements Step<Buffer, Buffer> {
  readonly #frameBytes: number;
  readonly #blocks: Framer;
  readonly #reduce: Step<Int16Array, Int16Array>;

  constructor(frameBytes: number, blockFrames: number, reduce: Step<Int16Array, Int16Array>) {
    this.#frameBytes = frameBytes;
    this.#blocks = new Framer(blockFrames * frameBytes);
    this.#reduce = reduce;
  }

  *feed(chunk: Buffer): Iterable<Buffer> {
    yield* joined(this.#mono(this.#blocks.feed(chunk)));
  }

  *end(): Iterable<Buffer> {
    yield* joined(this.#mono(this.#blocks.end()));
    yield* joined(this.#reduce.end());
  }

  *#mono(blocks: Iterable<Buffer>): Iterable<Int16Array> {
    for (const block of blocks) {
      const whole = block.subarray(0, block.length - (block.length % this.#frameBytes));
      if (whole.length > 0) yield* this.#reduce.feed(asSamples(whole));
    }
  }
}

/** Joins pieces to one buffer; none when there are no pieces. */
function* joined(pieces: Iterable<Int16Array>): Iterable<Buffer> {
  const buffers = Array.from(pieces, asBytes);
  if (buffers.length > 0) yield Buffer.concat(buffers);
}

/** Reads s16le bytes as samples, without a copy where their place in memory allows it. */
function asSamples(bytes: Buffer): Int16Array {
  const { buffer, byteOffset, length } =
    bytes.byteOffset % BYTES_PER_SAMPLE === 0 ? bytes : new Uint8Array(bytes);
  return new Int16Array(buffer, byteOffset, length / BYTES_PER_SAMPLE);
}

function asBytes({ buffer, byteOffset, byteLength }: Int16Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function noChannel(name: string, channel: number, channels: number): FunAsrError {
  const known = channels === 1 ? 'only channel 0' : `only channels 0 to ${channels - 1}`;
  return new FunAsrError('E_TRACK', `${name}: it has no channel ${channel}, ${known}`, {
    hint: 'Channels are counted from 0.',
  });
}
