/** A piece of PCM with the time that its source gives it. */
export interface TimedPiece {
  /** Time of the first sample in ms, modulo 2^32; undefined when the PCM continues the piece before it. */
  readonly timeMs: number | undefined;
  /** Where the PCM begins and ends in the bytes that were read. */
  readonly begin: number;
  readonly end: number;
}

/** What {@link TimedPcmReader} has read. */
export interface TimedPcm {
  readonly bytes: Buffer;
  readonly pieces: readonly TimedPiece[];
}

/** Identifier, format version and duration. */
const FILE_HEADER_BYTES = 16;
/** Identifier and length. */
const CHUNK_HEADER_BYTES = 8;
/** Place of the number of channels in the chunk of the audio, after its rate and its bits. */
const CHANNELS_AT = CHUNK_HEADER_BYTES + 3;
/** Identifier, time and length. */
const PACKET_HEADER_BYTES = 12;

/** `sndD` */
const PACKET_IDENTIFIER = 0x736e_6444;

/** FFmpeg's output arguments for PCM that {@link TimedPcmReader} reads. */
export const TIMED_PCM_ARGUMENTS = '-c:a pcm_s16le -avoid_negative_ts disabled -f smjpeg';

/**
 * Reads PCM with timestamps, however its bytes are cut. The format is SMJPEG, because its packets consist of a time,
 * a length and samples, and every FFmpeg writes it: raw PCM has no place for the times.
 */
export class TimedPcmReader {
  /** Titles and other metadata of the source, when the first PCM is given. */
  readonly metadata: Map<string, string> = new Map();
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the current packet that have not arrived. */
  #left = 0;
  #channels = 1;
  #state: 'file header' | 'header chunks' | 'packets' | 'ended' = 'file header';

  /** Number of interleaved channels, known when the first PCM is. */
  get channels(): number {
    return this.#channels;
  }

  /** Takes the next bytes. @returns The PCM in them, or in a copy of them that begins with bytes from before. */
  feed(next: Buffer): TimedPcm {
    const bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, next]) : next;
    const pieces: TimedPiece[] = [];
    let at = this.#state === 'packets' ? 0 : this.#skipHeader(bytes);
    if (this.#left > 0) {
      const end = Math.min(at + this.#left, bytes.length);
      pieces.push({ timeMs: undefined, begin: at, end });
      this.#left -= end - at;
      at = end;
    }
    while (this.#state === 'packets' && at + PACKET_HEADER_BYTES <= bytes.length) {
      if (bytes.readUInt32BE(at) !== PACKET_IDENTIFIER) {
        this.#state = 'ended';
        break;
      }
      const begin = at + PACKET_HEADER_BYTES;
      const length = bytes.readUInt32BE(at + 8);
      const end = Math.min(begin + length, bytes.length);
      pieces.push({ timeMs: bytes.readUInt32BE(at + 4), begin, end });
      this.#left = length - (end - begin);
      at = end;
    }
    this.#pending = this.#state === 'ended' ? Buffer.alloc(0) : bytes.subarray(at);
    return { bytes, pieces };
  }

  /** @returns The number of bytes that are read. */
  #skipHeader(data: Buffer): number {
    let at = 0;
    if (this.#state === 'file header') {
      if (data.length < FILE_HEADER_BYTES) return 0;
      at = FILE_HEADER_BYTES;
      this.#state = 'header chunks';
    }
    while (this.#state === 'header chunks' && at + 4 <= data.length) {
      if (data.toString('latin1', at, at + 4) === 'HEND') {
        this.#state = 'packets';
        return at + 4;
      }
      if (at + CHUNK_HEADER_BYTES > data.length) break;
      const end = at + CHUNK_HEADER_BYTES + data.readUInt32BE(at + 4);
      if (end > data.length) break;
      if (data.toString('latin1', at, at + 4) === '_SND') this.#channels = data.readUInt8(at + CHANNELS_AT);
      this.#addMetadata(data.toString('utf8', at + CHUNK_HEADER_BYTES, end));
      at = end;
    }
    return at;
  }

  /** The other chunk of the header describes the PCM, and contains no ` = `. */
  #addMetadata(text: string): void {
    const [, key, value] = /^([\w-]+) = (.*)$/s.exec(text) ?? [];
    if (key !== undefined && value !== undefined) this.metadata.set(key, value);
  }
}
