import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { TimedPcmReader } from '../../../lib/audio/clock/timed-pcm.ts';

function chunk(identifier: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.from(identifier), length, body]);
}

function packet(timeMs: number, pcm: Buffer): Buffer {
  const time = Buffer.alloc(4);
  time.writeUInt32BE(timeMs);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(pcm.length);
  return Buffer.concat([Buffer.from('sndD'), time, length, pcm]);
}

const HEADER = Buffer.concat([
  Buffer.from('\0\nSMJPEG\0\0\0\0\0\0\0\0', 'latin1'),
  chunk('_TXT', Buffer.from('title = A = b')),
  chunk('_SND', Buffer.from([0x3e, 0x80, 16, 2, 0, 0, 0, 0])),
  Buffer.from('HEND'),
]);
const PACKETS: readonly (readonly [number, Buffer])[] = [
  [0, Buffer.from('abcdefgh')],
  [4_294_967_295, Buffer.from('ijkl')],
  [7, Buffer.from('mnopqrst')],
];
const STREAM = Buffer.concat([
  HEADER,
  ...PACKETS.map(([timeMs, pcm]) => packet(timeMs, pcm)),
  Buffer.from('DONE'),
]);

/** The times and the PCM of a stream that is cut in places. Pieces without a time continue the one before. */
function read(cuts: readonly number[]) {
  const reader = new TimedPcmReader();
  const ends = [...new Set(cuts), STREAM.length].sort((a, b) => a - b);
  const packets: { timeMs: number; pcm: string }[] = [];
  for (const [index, end] of ends.entries()) {
    const { bytes, pieces } = reader.feed(STREAM.subarray(ends[index - 1] ?? 0, end));
    for (const { timeMs, begin, end: last } of pieces) {
      const pcm = bytes.toString('latin1', begin, last);
      const continued = packets.at(-1);
      if (timeMs !== undefined) packets.push({ timeMs, pcm });
      else if (continued) continued.pcm += pcm;
    }
  }
  return { reader, packets };
}

const EXPECTED = PACKETS.map(([timeMs, pcm]) => ({ timeMs, pcm: String(pcm) }));

test('reads the packets with their times, the channels and the metadata', () => {
  const { reader, packets } = read([]);
  expect(packets).toEqual(EXPECTED);
  expect(reader.channels).toBe(2);
  expect([...reader.metadata]).toEqual([['title', 'A = b']]);
});

test('reads the same, however the bytes are cut', () => {
  assert(
    property(array(integer({ min: 1, max: STREAM.length }), { maxLength: STREAM.length }), (cuts) => {
      expect(read(cuts).packets).toEqual(EXPECTED);
    }),
  );
});

test('reads nothing after the end mark', () => {
  const { reader } = read([]);
  expect(reader.feed(packet(9, Buffer.from('more'))).pieces).toEqual([]);
});
