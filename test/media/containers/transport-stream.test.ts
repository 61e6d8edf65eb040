import { expect, it } from 'vitest';
import { isTransportStream } from '../../../lib/media/containers/transport-stream.ts';

const HEAD_BYTES = 4096;

/** Packets with a counter in their headers, as in a real stream. */
function packets(length: number, first: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES, 0xff);
  for (let at = first, count = 0; at + 4 <= HEAD_BYTES; at += length, count += 1) {
    head.set([0x47, 0x01, 0x00, 0x10 | (count & 15)], at);
  }
  return head;
}

/** PCM of a tone at 16 kHz, s16le. */
function tone(hz: number, amplitude: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  for (let at = 0; at < HEAD_BYTES; at += 2) {
    head.writeInt16LE(Math.round(amplitude * Math.sin((2 * Math.PI * hz * at) / 32_000)), at);
  }
  return head;
}

it.each([
  [188, 0],
  [188, 100],
  [192, 4],
  [204, 7],
])('finds packets of %i bytes that begin at %i', (length, first) => {
  expect(isTransportStream(packets(length, first))).toBe(true);
});

it('does not take a tone or a constant signal for packets', () => {
  for (const hz of [125, 250, 500, 1000, 2000, 4000]) {
    for (let amplitude = 1; amplitude < 32_768; amplitude += 97) {
      expect(isTransportStream(tone(hz, amplitude))).toBe(false);
    }
  }
  for (const value of [0x47, 0x4747, 0x4700]) {
    const constant = Buffer.alloc(HEAD_BYTES);
    for (let at = 0; at < HEAD_BYTES; at += 2) constant.writeInt16LE(value, at);
    expect(isTransportStream(constant)).toBe(false);
  }
});
