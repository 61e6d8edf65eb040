/** Bytes of a page header before its segment table. Source: RFC 3533, section 6. */
export const OGG_HEADER_BYTES = 27;
const CAPTURE_PATTERN = 'OggS';
const CHECKSUM_AT = 22;
/** A page has at most this many segments. */
export const MAX_OGG_SEGMENTS = 255;
/** A segment of this length is continued by the next one. */
const FULL_SEGMENT = 255;

/** Flags of a page. Source: RFC 3533, section 6. */
export const OGG_FLAGS = { continued: 1, first: 2, last: 4 } as const;

/** A page of an Ogg stream. */
export interface OggPage {
  /** A sum of {@link OGG_FLAGS}. */
  readonly flags: number;
  /** Time of the end of the last packet that ends on the page, in units of the codec; -1 when none does. */
  readonly granule: number;
  /** Number of the logical stream. */
  readonly serial: number;
  /** Number of the page in its logical stream. */
  readonly sequence: number;
  /** Lengths of the segments. */
  readonly segments: Buffer;
  readonly body: Buffer;
}

/** What {@link readOggPage} has read. */
export interface ReadOggPage {
  /** Undefined for bytes that are not a page, or one that is damaged. */
  readonly page: OggPage | undefined;
  /** Length of the page, or of the bytes up to where the next page may begin. */
  readonly length: number;
}

/** Reads the page at the start of some bytes, and checks its checksum. @returns Undefined when more bytes are needed. */
export function readOggPage(bytes: Buffer): ReadOggPage | undefined {
  const pattern = bytes.toString('latin1', 0, CAPTURE_PATTERN.length);
  if (!CAPTURE_PATTERN.startsWith(pattern)) return notPage(bytes);
  if (bytes.length < OGG_HEADER_BYTES) return undefined;
  const bodyAt = OGG_HEADER_BYTES + bytes.readUInt8(OGG_HEADER_BYTES - 1);
  if (bytes.length < bodyAt) return undefined;
  const segments = bytes.subarray(OGG_HEADER_BYTES, bodyAt);
  const length = segments.reduce((sum, segment) => sum + segment, bodyAt);
  if (bytes.length < length) return undefined;
  if (checksum(bytes.subarray(0, length)) !== bytes.readUInt32LE(CHECKSUM_AT)) return notPage(bytes);
  const page = {
    flags: bytes.readUInt8(5),
    granule: Number(bytes.readBigInt64LE(6)),
    serial: bytes.readUInt32LE(14),
    sequence: bytes.readUInt32LE(18),
    segments,
    body: bytes.subarray(bodyAt, length),
  };
  return { page, length };
}

function notPage(bytes: Buffer): ReadOggPage {
  const next = bytes.indexOf(CAPTURE_PATTERN, 1, 'latin1');
  // The pattern may lie across the end.
  return {
    page: undefined,
    length: next > 0 ? next : Math.max(1, bytes.length - CAPTURE_PATTERN.length + 1),
  };
}

/** Writes a page, with its checksum. */
export function writeOggPage({ flags, granule, serial, sequence, segments, body }: OggPage): Buffer {
  const page = Buffer.alloc(OGG_HEADER_BYTES + segments.length + body.length);
  page.write(CAPTURE_PATTERN, 'latin1');
  page.writeUInt8(flags, 5);
  page.writeBigInt64LE(BigInt(granule), 6);
  page.writeUInt32LE(serial, 14);
  page.writeUInt32LE(sequence, 18);
  page.writeUInt8(segments.length, OGG_HEADER_BYTES - 1);
  segments.copy(page, OGG_HEADER_BYTES);
  body.copy(page, OGG_HEADER_BYTES + segments.length);
  page.writeUInt32LE(checksum(page), CHECKSUM_AT);
  return page;
}

/** The segment table of whole packets; undefined when they do not fit into one page. */
export function segmentTable(packetLengths: Iterable<number>): Buffer | undefined {
  const segments: number[] = [];
  for (const length of packetLengths) {
    for (let left = length; left >= 0; left -= FULL_SEGMENT) segments.push(Math.min(left, FULL_SEGMENT));
    if (segments.length > MAX_OGG_SEGMENTS) return undefined;
  }
  return Buffer.from(segments);
}

/** Number of segments of a packet. */
export function segmentCount(packetLength: number): number {
  return Math.floor(packetLength / FULL_SEGMENT) + 1;
}

/**
 * Moves packets that lie on two pages to the page on which they end. A reader that takes whole packets from each page
 * then reads all of them.
 */
export class PacketJoiner {
  #segments: Buffer = Buffer.alloc(0);
  #body: Buffer = Buffer.alloc(0);

  /** @returns A page of whole packets; undefined while a packet has not ended, or when it is too long for a page. */
  join(page: OggPage): OggPage | undefined {
    const isContinued = (page.flags & OGG_FLAGS.continued) !== 0;
    const before = isContinued ? this.#segments : Buffer.alloc(0);
    const segments = Buffer.concat([before, page.segments]);
    const body = isContinued ? Buffer.concat([this.#body, page.body]) : page.body;
    const whole = segments.findLastIndex((segment) => segment < FULL_SEGMENT) + 1;
    const table = segments.subarray(0, whole);
    const end = table.reduce((sum, segment) => sum + segment, 0);
    this.#segments = Buffer.from(segments.subarray(whole));
    this.#body = Buffer.from(body.subarray(end));
    if (whole === 0 || whole > MAX_OGG_SEGMENTS) return undefined;
    return {
      ...page,
      flags: page.flags & ~OGG_FLAGS.continued,
      segments: table,
      body: body.subarray(0, end),
    };
  }
}

/** CRC-32 of Ogg: polynomial 0x04c11db7, not reflected, over the page with zeros in place of its checksum. */
function checksum(page: Buffer): number {
  let crc = 0;
  for (let at = 0; at < page.length; at += 1) {
    const byte = at >= CHECKSUM_AT && at < CHECKSUM_AT + 4 ? 0 : (page[at] ?? 0);
    crc = ((crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0;
  }
  return crc;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
  return crc >>> 0;
});
