import { addAbortSignal, Transform, type TransformCallback } from 'node:stream';
import { inspect } from 'node:util';
import { refuseWrongChunks } from '../core/chunk.ts';
import { FunAsrError } from '../core/errors.ts';
import { abortSignal, checkOptions, oneOf } from '../core/options.ts';
import type { StageOptions } from '../core/stage.ts';
import type { TypedDuplex } from '../core/typed-stream.ts';
import { OPUS_RATE, opusPacketSamples } from '../media/containers/opus.ts';
import { BYTES_PER_SAMPLE, DEFAULT_SAMPLE_RATE } from '../media/pcm.ts';
import { PacketClock } from './opus/packet-clock.ts';
import { PacketDecoder } from './opus/packet-decoder.ts';
import type { AudioEvents } from './source/audio-events.ts';

/** A packet with its time. */
export interface OpusPacket {
  /** One Opus packet; empty for one that was lost. */
  readonly data: Uint8Array;
  /**
   * RTP timestamp: samples of 48 kHz, from any start, with 32 bits.
   * @default directly after the packet before
   */
  readonly timestamp?: number | undefined;
}

/** The stage that {@link decodeOpus} makes: Opus packets in, PCM out. */
export interface DecodeOpusStream extends TypedDuplex<AudioEvents> {}

/** Options of {@link decodeOpus}. */
export interface DecodeOpusOptions extends StageOptions {
  /** Samples per second of the PCM: 8000, 16000, 24000 or 48000. @default 16000 */
  readonly sampleRate?: 8000 | 16_000 | 24_000 | 48_000 | undefined;
}

/** Duration of a lost packet before the first one that arrived: 20 ms, as WebRTC and Discord send them. */
const USUAL_PACKET_SAMPLES = 960;
/** Silence is pushed in pieces of this duration, which share one memory: a second. */
const SILENCE_SAMPLES = OPUS_RATE;

/**
 * Opus packets without a container, as WebRTC and Discord send them → s16le mono PCM, cut anywhere. Each chunk that is
 * written is one packet of one or two channels and 2.5 to 120 ms: a Buffer, or an {@link OpusPacket} with its RTP
 * timestamp. Two channels are mixed to one. For Ogg, WebM and other containers use `decode()`.
 *
 * Lost packets keep their time: an empty Buffer becomes silence of the duration of the packet before, and a step in the
 * timestamps becomes silence of that duration. Discord sends nothing while nobody speaks: without timestamps those
 * pauses are missing in the times of sentences. A step back of more than 10 s, or forward of more than 10 minutes, is a
 * new beginning of the timestamps: the PCM continues without silence.
 *
 * Emits `warning` with `W_PACKET` for a packet that cannot be decoded, which becomes silence; for one that comes after
 * its time, which is dropped; and for a new beginning of the timestamps. Decodes with `opusscript` or, if it is
 * installed, with the faster `@discordjs/opus`; fails with `E_CODEC` if there is neither, and for more than 20 streams
 * at a time with `opusscript`.
 * @throws {FunAsrError} `E_OPTION`.
 * @example
 * receiver.subscribe(userId).pipe(decodeOpus()).pipe(frame()).pipe(recognize({ live: true }));
 */
export function decodeOpus(options: DecodeOpusOptions = {}): DecodeOpusStream {
  checkOptions('decodeOpus', options, {
    sampleRate: oneOf(8000, 16_000, 24_000, 48_000),
    signal: abortSignal,
  });
  return refuseWrongChunks(new DecodeOpusTransform(options), false);
}

class DecodeOpusTransform extends Transform {
  readonly #rate: number;
  readonly #clock = new PacketClock();
  readonly #silence: Buffer;
  #decoder: PacketDecoder | undefined;
  #packetSamples = USUAL_PACKET_SAMPLES;

  constructor({ sampleRate = DEFAULT_SAMPLE_RATE, signal }: DecodeOpusOptions) {
    super({ writableObjectMode: true });
    this.#rate = sampleRate;
    this.#silence = Buffer.alloc(this.#toBytes(SILENCE_SAMPLES));
    // Last: a signal that is aborted already destroys the stage at once.
    if (signal) addAbortSignal(signal, this);
  }

  override _construct(callback: (error?: Error | null) => void): void {
    PacketDecoder.open(this.#rate).then((decoder) => {
      this.#decoder = decoder;
      callback();
    }, callback);
  }

  override _transform(chunk: unknown, _encoding: BufferEncoding, callback: TransformCallback): void {
    const packet = toPacket(chunk);
    if (!packet) return callback(notPacket(chunk));
    const { data, timestamp } = packet;
    const place = this.#clock.place(timestamp);
    if (place.kind === 'late') {
      this.#warn('came after its time and was dropped');
    } else {
      if (place.kind === 'restart')
        this.#warn(
          `has a timestamp ${Math.round(place.step / OPUS_RATE)} s away: the audio continues without a gap`,
        );
      else this.#pushSilence(place.gap);
      this.#decode(data);
    }
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#decoder?.close();
    callback(error);
  }

  #decode(data: Buffer): void {
    const samples = opusPacketSamples(data);
    const pcm = samples === undefined ? undefined : this.#decoder?.decode(data);
    if (samples !== undefined) this.#packetSamples = samples;
    if (!pcm && data.length > 0) this.#warn('cannot be decoded: it is replaced by silence');
    this.#clock.advance(this.#packetSamples);
    if (pcm) this.push(pcm);
    else this.#pushSilence(this.#packetSamples);
  }

  #pushSilence(samples: number): void {
    for (let left = this.#toBytes(samples); left > 0; left -= this.#silence.length) {
      this.push(this.#silence.subarray(0, left));
    }
  }

  #toBytes(samples: number): number {
    return Math.round((samples * this.#rate) / OPUS_RATE) * BYTES_PER_SAMPLE;
  }

  #warn(what: string): void {
    this.emit('warning', new FunAsrError('W_PACKET', `an Opus packet ${what}`));
  }
}

function toPacket(chunk: unknown): { data: Buffer; timestamp?: number | undefined } | undefined {
  if (chunk instanceof Uint8Array) return { data: asBuffer(chunk) };
  if (typeof chunk !== 'object' || chunk === null || !('data' in chunk)) return undefined;
  const { data } = chunk;
  const timestamp = 'timestamp' in chunk ? chunk.timestamp : undefined;
  if (!(data instanceof Uint8Array)) return undefined;
  if (timestamp === undefined) return { data: asBuffer(data) };
  return typeof timestamp === 'number' && Number.isInteger(timestamp)
    ? { data: asBuffer(data), timestamp }
    : undefined;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function notPacket(chunk: unknown): FunAsrError {
  const got = inspect(chunk, { depth: 1, maxArrayLength: 8 });
  return new FunAsrError(
    'E_OPTION',
    `decodeOpus: a chunk must be a Buffer, or { data, timestamp }, got ${got}`,
  );
}
