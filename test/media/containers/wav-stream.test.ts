import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { WavStream } from '../../../lib/media/containers/wav-stream.ts';

function chunk(id: string, content: Buffer, size = content.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(size >>> 0, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

function format(sampleRate = 16_000): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(1, 2);
  bytes.writeUInt32LE(sampleRate, 4);
  bytes.writeUInt32LE(2 * sampleRate, 8);
  bytes.writeUInt16LE(2, 12);
  bytes.writeUInt16LE(16, 14);
  return chunk('fmt ', bytes);
}

const riff = (...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('RIFF\x10\0\0\0WAVE'), ...chunks]);

/** Bytes of sound, none of which is zero. */
const sound = (bytes: number, seed = 1): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, index) => 1 + ((index * 7 + seed) % 250)));

function pass(
  bytes: Buffer,
  cuts: readonly number[] = [],
): { audio: Buffer; head: Buffer; stream: WavStream } {
  const stream = new WavStream();
  const ends = [...new Set(cuts), bytes.length].sort((a, b) => a - b);
  const parts = ends.flatMap((end, index) => [...stream.feed(bytes.subarray(ends[index - 1] ?? 0, end))]);
  const output = Buffer.concat([...parts, ...stream.end()]);
  const data = output.indexOf('data');
  return { head: output.subarray(0, data + 8), audio: output.subarray(data + 8), stream };
}

const LIST = chunk('LIST', Buffer.from('INFOISFT\x04\0\0\0Lavf'));
const [A, B] = [sound(1000), sound(501, 3)];

test.each([
  ['a usual file', riff(format(), chunk('data', A)), A],
  [
    'chunks before and after the audio',
    riff(chunk('JUNK', sound(27)), format(), LIST, chunk('data', A), LIST),
    A,
  ],
  [
    'a chunk of odd size after audio of odd size',
    riff(format(), chunk('data', B), chunk('id3 ', sound(33))),
    B,
  ],
  ['a size that was never updated', riff(format(), chunk('data', A, 64)), A],
  ['a size of zero', riff(format(), chunk('data', A, 0)), A],
  ['a placeholder', riff(format(), chunk('data', A, 0xffff_ffff)), A],
  [
    'two files',
    Buffer.concat([riff(format(), chunk('data', A), LIST), riff(format(), chunk('data', B))]),
    Buffer.concat([A, B]),
  ],
  [
    'two files, without padding',
    Buffer.concat([riff(format(), chunk('data', B)).subarray(0, -1), riff(LIST, format(), chunk('data', A))]),
    Buffer.concat([B, A]),
  ],
  ['reserved space', Buffer.concat([riff(format(), chunk('data', A)), Buffer.alloc(3000)]), A],
  [
    'zeros, and then audio',
    riff(format(), chunk('data', Buffer.concat([A, Buffer.alloc(50), A]), 1000)),
    Buffer.concat([A, Buffer.alloc(50), A]),
  ],
])('passes on the audio of a stream with %s, however it is cut', (_, bytes, audio) => {
  expect(pass(bytes).audio.equals(audio)).toBe(true);
  assert(
    property(array(integer({ min: 1, max: bytes.length }), { maxLength: 30 }), (cuts) => {
      const { head, ...result } = pass(bytes, cuts);
      expect(result.audio.equals(audio)).toBe(true);
      // FFmpeg reads on to the end when the size is zero or a placeholder.
      expect([0, 0xffff_ffff]).toContain(head.readUInt32LE(head.length - 4));
      expect(result.stream.truncation).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test('counts the bytes that a stream has, and those that its header states', () => {
  const { stream } = pass(riff(format(), chunk('data', A)).subarray(0, -400));
  expect(stream.truncation).toEqual({ kind: 'missing bytes', statedBytes: 1000, presentBytes: 600 });
});

test('reports a second file in another format, which it drops', () => {
  const two = Buffer.concat([riff(format(), chunk('data', A)), riff(format(8000), chunk('data', B))]);
  const { audio, stream } = pass(two);
  expect(audio.equals(A)).toBe(true);
  expect(stream.truncation).toEqual({ kind: 'other format' });
});

test('passes on any other stream as it is', () => {
  for (const bytes of [
    sound(5000),
    Buffer.from('RIFF'),
    Buffer.alloc(0),
    Buffer.from('RF64\xff\xff\xff\xffWAVEds64'),
  ]) {
    const stream = new WavStream();
    expect(Buffer.concat([...stream.feed(bytes), ...stream.end()]).equals(bytes)).toBe(true);
  }
});
