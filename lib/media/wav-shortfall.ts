/**
 * Data sizes from here on are the placeholders (0x7fffffff, 0xffffffff and their like) that programs leave in
 * the header of a WAV which they write to a pipe.
 */
export const PLACEHOLDER_BYTES = 0x7ff0_0000;

/** Audio bytes that the header of a WAV promises, and those that the file has. */
export interface WavShortfall {
  readonly promisedBytes: number;
  readonly presentBytes: number;
}

/**
 * Whether a WAV file is shorter than its header says. FFmpeg cannot be asked: it corrects the length of a
 * file by its size, and says nothing.
 * @param head The first bytes of the file.
 */
export function wavShortfall(head: Buffer, fileBytes: number): WavShortfall | undefined {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  for (let at = 12; at + 8 <= head.length; ) {
    const bytes = head.readUInt32LE(at + 4);
    if (head.toString('latin1', at, at + 4) === 'data') {
      const present = fileBytes - at - 8;
      const isShort = bytes < PLACEHOLDER_BYTES && present < bytes;
      return isShort ? { promisedBytes: bytes, presentBytes: present } : undefined;
    }
    // Chunks begin at even offsets.
    at += 8 + bytes + (bytes % 2);
  }
  return undefined;
}
