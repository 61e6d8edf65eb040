/** FFmpeg's output arguments for a list of packets that {@link PacketGaps} reads. */
export const PACKET_LIST_ARGUMENTS = '-c:a copy -f framecrc';

/** A packet that lasts longer than this many times the shortest one is followed by a gap. Timestamps are rounded. */
const GAP_FACTOR = 1.5;
/** Sound that starts later than this, in ms, starts late. */
const LATE_START_MS = 30;

/** Reads a list of packets, however it is cut, and finds whether sound is missing between them. */
export class PacketGaps {
  readonly #startMs: number;
  #rest = '';
  #tickMs = 1;
  /** Where the next packet is expected, in ms. */
  #expectedMs: number;
  #toleratedMs = LATE_START_MS;
  /** Duration of the shortest packet. All of them have the same; in MP4 the one before a gap is as long as the gap. */
  #packetMs = Infinity;
  #isFound = false;

  /** @param startMs Start of the recording, in ms on the clock of the packets. */
  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#expectedMs = startMs;
  }

  /** Whether a gap, or a late start, was found so far. */
  get isFound(): boolean {
    return this.#isFound;
  }

  feed(bytes: Buffer): void {
    const lines = (this.#rest + bytes.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#read(line);
  }

  #read(line: string): void {
    const [, ticks, perSecond] = /^#tb 0: (\d+)\/(\d+)/.exec(line) ?? [];
    if (ticks !== undefined) this.#tickMs = (Number(ticks) / Number(perSecond)) * 1000;
    const [, time, duration] = /^0, *-?\d+, *(-?\d+), *(\d+),/.exec(line) ?? [];
    if (time === undefined) return;
    const timeMs = Number(time) * this.#tickMs;
    if (Number(duration) > 0) this.#packetMs = Math.min(this.#packetMs, Number(duration) * this.#tickMs);
    if (timeMs - this.#expectedMs > this.#toleratedMs) this.#isFound = true;
    this.#expectedMs = Math.max(timeMs, this.#startMs) + this.#packetMs;
    this.#toleratedMs = (GAP_FACTOR - 1) * this.#packetMs;
  }
}
