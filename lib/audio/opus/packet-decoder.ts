import type prism from 'prism-media';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { importOptional } from '../../core/system/optional-package.ts';

type Prism = typeof prism;

/** Some decoders fail with packets of more than one frame when they expect less: the longest packet, in samples. */
const FRAME_SIZE = 2880;

/**
 * `opusscript` 0.0.8 has a fixed memory for all streams of a process. From 29 of these decoders on it fails with
 * "memory access out of bounds"; other users of it in the process need room, too.
 */
const MAX_OPUSSCRIPT_DECODERS = 20;

let openDecoders = 0;

/** The Opus decoder of prism-media, one packet at a time. */
export class PacketDecoder {
  readonly #prism: Prism;
  readonly #rate: number;
  #decoder: InstanceType<Prism['opus']['Decoder']>;

  /**
   * Loads prism-media when it is needed, so that a bundler leaves its search for a codec as it is.
   * @throws {FunAsrError} `E_CODEC` when no codec is installed, or when it has no room for another stream.
   */
  static async open(rate: number): Promise<PacketDecoder> {
    const loaded = (await importOptional('prism-media')) as Prism;
    if (loaded.opus.Decoder.type === 'opusscript' && openDecoders >= MAX_OPUSSCRIPT_DECODERS) throw noRoom();
    try {
      return new PacketDecoder(loaded, rate);
    } catch (cause) {
      throw new FunAsrError('E_CODEC', `no Opus decoder is installed: ${messageOf(cause)}`, {
        hint: 'Run npm install opusscript, or npm install @discordjs/opus for many streams at a time.',
        cause,
      });
    }
  }

  private constructor(loaded: Prism, rate: number) {
    this.#prism = loaded;
    this.#rate = rate;
    this.#decoder = this.#newDecoder();
    openDecoders += 1;
  }

  /** @returns Mono s16le PCM; undefined for a packet that cannot be decoded. */
  decode(packet: Buffer): Buffer | undefined {
    const decoder = this.#decoder;
    decoder.write(packet);
    const pcm: Buffer | null = decoder.read();
    if (!decoder.errored) return pcm ?? undefined;
    // A stream that has failed takes no more packets.
    this.#decoder = this.#newDecoder();
    return undefined;
  }

  /** Frees the memory of the codec. */
  close(): void {
    openDecoders -= 1;
    this.#decoder.destroy();
  }

  #newDecoder(): InstanceType<Prism['opus']['Decoder']> {
    // The codec itself mixes two channels to one, and resamples.
    const decoder = new this.#prism.opus.Decoder({ rate: this.#rate, channels: 1, frameSize: FRAME_SIZE });
    // The failure is noticed where the packet is decoded.
    decoder.on('error', () => {});
    return decoder;
  }
}

function noRoom(): FunAsrError {
  return new FunAsrError(
    'E_CODEC',
    `opusscript decodes at most ${MAX_OPUSSCRIPT_DECODERS} streams at a time`,
    {
      hint: 'Run npm install @discordjs/opus, or decode in several processes.',
    },
  );
}
