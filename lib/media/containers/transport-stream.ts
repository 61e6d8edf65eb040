/**
 * Lengths of the packets of a transport stream: plain, with a time before each (M2TS), with error correction after it.
 */
const PACKET_BYTES = [188, 192, 204];
const SYNC = 0x47;
/** Fewer packets prove nothing: text contains the letter G. */
const MIN_PACKETS = 4;

/**
 * Whether bytes are packets of an MPEG transport stream, which has no header: a sync byte at equal distances, from
 * any place on, because a recording may begin within a packet. TypeScript, which has the same extension, is not.
 * @param head The first bytes of a file: {@link MIN_PACKETS} packets at least.
 */
export function isTransportStream(head: Buffer): boolean {
  return PACKET_BYTES.some((length) => {
    for (let at = 0; at < length; at += 1) if (hasSyncAt(head, at, length)) return true;
    return false;
  });
}

function hasSyncAt(head: Buffer, first: number, length: number): boolean {
  if (first + (MIN_PACKETS - 1) * length >= head.length) return false;
  for (let at = first; at < head.length; at += length) {
    // The byte after it is the first half of a packet identifier: equal bytes are a constant signal.
    if (head[at] !== SYNC || head[at + 1] === SYNC) return false;
  }
  return true;
}
