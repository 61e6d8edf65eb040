// The main file of prism-media requires ffmpeg-static, which may be missing when a program is bundled.
import OggDemuxer from 'prism-media/src/opus/OggDemuxer.js';
import {
  OGG_FLAGS,
  type OggPage,
  PacketJoiner,
  readOggPage,
  writeOggPage,
} from '../../media/containers/ogg-page.ts';
import { type OpusHead, opusPacketSamples, readOpusHead } from '../../media/containers/opus.ts';

/** An Opus packet and its duration in samples of 48 kHz. */
export interface TimedPacket {
  readonly bytes: Buffer;
  readonly samples: number;
}

/** The packets of a page. */
export interface PacketGroup {
  readonly packets: readonly TimedPacket[];
  /** Time of the end of the page in samples of 48 kHz, as the page states it. */
  readonly granule: number;
  /** Whether a logical stream begins here: the times that pages state begin anew. */
  readonly isFirst: boolean;
}

/** Takes the Opus packets out of an Ogg stream, cut anywhere, with prism-media's OggDemuxer. */
export class OggOpusReader {
  readonly #joiner = new PacketJoiner();
  #demuxer = new OggDemuxer();
  #partial: Buffer = Buffer.alloc(0);
  #damagedBytes = 0;
  #head: OpusHead | undefined;
  #serial: number | undefined;
  #isInHeaders = true;
  #isFirst = true;

  /** The first header; undefined before it was read. */
  get head(): OpusHead | undefined {
    return this.#head;
  }

  /** Bytes that are not a page, or belong to one that is damaged or not complete. */
  get unusedBytes(): number {
    return this.#damagedBytes + this.#partial.length;
  }

  *feed(bytes: Uint8Array): Generator<PacketGroup> {
    this.#partial = Buffer.concat([this.#partial, bytes]);
    for (;;) {
      const read = readOggPage(this.#partial);
      if (!read) return;
      this.#partial = this.#partial.subarray(read.length);
      if (!read.page) this.#damagedBytes += read.length;
      const group = read.page && this.#takePage(read.page);
      if (group) yield group;
    }
  }

  #takePage(page: OggPage): PacketGroup | undefined {
    if (page.flags & OGG_FLAGS.first) this.#beginStream(page);
    else if (page.serial === this.#serial)
      return this.#isInHeaders ? this.#skipTags(page) : this.#packetsOf(page);
    return undefined;
  }

  /** Another stream may follow the first one: its packets continue. */
  #beginStream(page: OggPage): void {
    const head = readOpusHead(page.body);
    if (!head) return;
    this.#head ??= head;
    this.#serial = page.serial;
    this.#isInHeaders = true;
    this.#isFirst = true;
    this.#demuxer.destroy();
    this.#demuxer = new OggDemuxer();
    this.#demuxer.write(writeOggPage(page));
  }

  /** The tags may be longer than a page, with a picture. The packets begin on a page of their own. */
  #skipTags(page: OggPage): undefined {
    this.#isInHeaders = page.segments.at(-1) === 255;
  }

  #packetsOf(page: OggPage): PacketGroup | undefined {
    const whole = this.#joiner.join(page);
    if (!whole) return undefined;
    this.#demuxer.write(writeOggPage(whole));
    const packets: TimedPacket[] = [];
    for (let bytes = this.#read(); bytes; bytes = this.#read()) {
      const samples = opusPacketSamples(bytes);
      // A packet without a duration has no sound.
      if (samples !== undefined) packets.push({ bytes, samples });
    }
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return { packets, granule: page.granule, isFirst };
  }

  #read(): Buffer | null {
    return this.#demuxer.read();
  }
}
