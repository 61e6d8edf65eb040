/**
 * Lengths of the packets of a transport stream: plain, with a time before each (M2TS), with error correction after it.
 */
const PACKET_BYTES = [188, 192, 204];
const SYNC = 0x47;
const HEADER_BYTES = 4;
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
  const headers = new Set<string>();
  for (let at = first; at < head.length; at += length) {
    if (head[at] !== SYNC) return false;
    if (at + HEADER_BYTES <= head.length) headers.add(head.toString('latin1', at, at + HEADER_BYTES));
  }
  // The header of a packet contains a counter: equal ones are a tone, whose samples repeat at the same distance.
  return headers.size > 1;
}
