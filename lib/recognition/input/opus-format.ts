import { FunAsrError } from '../../core/errors.ts';
import {
  MAX_OGG_SEGMENTS,
  OGG_FLAGS,
  segmentCount,
  segmentTable,
  writeOggPage,
} from '../../media/containers/ogg-page.ts';
import { opusTags, withPreSkip } from '../../media/containers/opus.ts';
import { GranuleClock } from './granule-clock.ts';
import type { InputFormat, Stretch, TaskPlace } from './input-format.ts';
import { OggOpusReader } from './ogg-opus-reader.ts';
import { PacketIndex } from './packet-index.ts';
import { MAX_SENTENCE_MS } from './plain-format.ts';

/** Number of the logical stream that tasks are sent. One is as good as another. */
const SERIAL = 1;
const VENDOR = 'fun-asr-streams';

/**
 * Opus in Ogg, of which the packets are kept. Each has a duration, so that a task can begin at any of them. A task is
 * sent pages of its own, which begin with the headers.
 */
export class OpusFormat implements InputFormat {
  readonly isTimed = true;
  readonly maxMs: number = MAX_SENTENCE_MS;
  readonly #reader = new OggOpusReader();
  readonly #index: PacketIndex;
  readonly #clock = new GranuleClock();
  /** The first sample of the current task, and the number of its next page. */
  #taskSamples = 0;
  #sequence = 0;

  /** @param startMs Time of the start of the input, in ms. */
  constructor(startMs: number) {
    this.#index = new PacketIndex(startMs);
  }

  unpack(bytes: Uint8Array): Uint8Array {
    const kept: Buffer[] = [];
    for (const group of this.#reader.feed(bytes)) {
      this.#index.preSkip = this.#reader.head?.preSkip ?? 0;
      for (const packet of [...this.#clock.lostBefore(group), ...group.packets]) {
        kept.push(packet.bytes);
        this.#index.add(packet.bytes.length, packet.samples);
      }
    }
    return Buffer.concat(kept);
  }

  end(): readonly FunAsrError[] {
    const { unusedBytes } = this.#reader;
    const cut = new FunAsrError('W_TRUNCATED', `${unusedBytes} bytes of the audio are damaged or cut off`);
    return [...this.#clock.warnings, ...(unusedBytes > 0 ? [cut] : [])];
  }

  msAt(position: number): number {
    return this.#index.msAt(position);
  }

  positionAt(ms: number): number {
    return this.#index.positionAt(ms);
  }

  floor(position: number): number {
    return this.#index.floor(position);
  }

  reach(from: number, maxBytes: number): number {
    let segments = 0;
    let to = from;
    for (const end of this.#index.endsFrom(from)) {
      segments += segmentCount(end - to);
      if (to > from && (end - from > maxBytes || segments > MAX_OGG_SEGMENTS)) break;
      to = end;
    }
    return to;
  }

  release(position: number): void {
    this.#index.release(position);
  }

  pack(audio: Buffer, { from, to }: Stretch, { startMs, isLast }: TaskPlace): Buffer {
    const headers = startMs === undefined ? [] : this.#headers(from, startMs);
    return Buffer.concat([...headers, this.#page(audio, from, to, isLast)]);
  }

  /** A decoder drops the samples from the start of the first packet to the time at which the task begins. */
  #headers(from: number, startMs: number): Buffer[] {
    const { head } = this.#reader;
    if (!head) return [];
    this.#taskSamples = this.#index.samplesAt(from);
    this.#sequence = 0;
    const preSkip = Math.max(0, this.#index.sampleAt(startMs) - this.#taskSamples);
    const first = this.#headerPage(withPreSkip(head, preSkip), OGG_FLAGS.first);
    return [first, this.#headerPage(opusTags(VENDOR), 0)];
  }

  #headerPage(packet: Buffer, flags: number): Buffer {
    return this.#write(flags, 0, [packet.length], packet);
  }

  #page(audio: Buffer, from: number, to: number, isLast: boolean): Buffer {
    const lengths: number[] = [];
    let at = from;
    for (const end of this.#index.endsFrom(from)) {
      if (end > to) break;
      lengths.push(end - at);
      at = end;
    }
    const end = this.#index.samplesAt(to);
    const granule = (isLast ? Math.min(end, this.#clock.statedEnd) : end) - this.#taskSamples;
    return this.#write(isLast ? OGG_FLAGS.last : 0, granule, lengths, audio);
  }

  #write(flags: number, granule: number, lengths: readonly number[], body: Buffer): Buffer {
    const segments = segmentTable(lengths) ?? Buffer.alloc(0);
    const page = { flags, granule, serial: SERIAL, sequence: this.#sequence, segments, body };
    this.#sequence += 1;
    return writeOggPage(page);
  }
}
