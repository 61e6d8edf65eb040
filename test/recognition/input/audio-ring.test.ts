import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioRing } from '../../../lib/recognition/input/audio-ring.ts';

/** Everything that a ring contains from a position on, read in pieces. */
function readAll(ring: AudioRing, from: number, pieceBytes: number): Buffer {
  const pieces: Buffer[] = [];
  for (let position = from; position < ring.end; ) {
    const piece = ring.read(position, pieceBytes);
    pieces.push(piece);
    position += piece.length;
  }
  return Buffer.concat(pieces);
}

/** Bytes that differ over a long range. */
function bytes(length: number): Buffer {
  return Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, (_, index) => index).buffer,
  ).subarray(0, length);
}

describe('a ring of audio', () => {
  it('contains what was not released, for any chunking', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 12 }),
        fc.array(fc.nat(400_000), { maxLength: 4 }),
        fc.integer({ min: 1000, max: 100_000 }),
        (lengths, releases, pieceBytes) => {
          const total = lengths.reduce((sum, length) => sum + length, 0);
          const whole = bytes(total);
          const ring = new AudioRing();
          let position = 0;
          for (const length of lengths) {
            ring.append(whole.subarray(position, position + length));
            position += length;
          }
          for (const release of releases) ring.release(release);
          const start = Math.max(0, ...releases.map((release) => Math.min(total, release)));
          expect([ring.start, ring.end]).toEqual([start, total]);
          expect(readAll(ring, start, pieceBytes).equals(whole.subarray(start))).toBe(true);
        },
      ),
    );
  });

  it('continues after everything was released', () => {
    const ring = new AudioRing();
    ring.append(bytes(64_000));
    ring.release(64_000);
    ring.append(Buffer.from('more'));
    expect(ring.read(64_000, 100).toString()).toBe('more');
  });

  it('reads across its slabs as a whole, and no further than its end', () => {
    const ring = new AudioRing();
    const whole = bytes(150_000);
    ring.append(whole);
    expect(ring.readWhole(63_000, 140_000).equals(whole.subarray(63_000, 140_000))).toBe(true);
    expect(ring.readWhole(149_000, 999_000).equals(whole.subarray(149_000))).toBe(true);
  });

  it('copies what is appended', () => {
    const ring = new AudioRing();
    const buffer = Buffer.from('abcd');
    ring.append(buffer);
    buffer.fill(0);
    expect(ring.read(0, 4).toString()).toBe('abcd');
  });

  it('cannot be read before its start or after its end', () => {
    const ring = new AudioRing();
    ring.append(bytes(100));
    ring.release(50);
    expect(() => ring.read(49, 1)).toThrow(RangeError);
    expect(() => ring.read(64_000, 1)).toThrow(RangeError);
  });
});
