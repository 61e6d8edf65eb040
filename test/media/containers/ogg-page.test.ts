import { describe, expect, it } from 'vitest';
import {
  OGG_FLAGS,
  type OggPage,
  PacketJoiner,
  readOggPage,
  segmentCount,
  segmentTable,
  writeOggPage,
} from '../../../lib/media/containers/ogg-page.ts';
import { oggOpus } from '../../audio/packets.ts';

function pagesOf(ogg: Buffer): OggPage[] {
  const pages: OggPage[] = [];
  for (let at = 0; at < ogg.length; ) {
    const read = readOggPage(ogg.subarray(at));
    if (!read) break;
    if (read.page) pages.push(read.page);
    at += read.length;
  }
  return pages;
}

function page(segments: readonly number[], flags = 0, fill = 1): OggPage {
  const body = Buffer.alloc(
    segments.reduce((sum, segment) => sum + segment, 0),
    fill,
  );
  return { flags, granule: 960, serial: 7, sequence: 3, segments: Buffer.from(segments), body };
}

describe('writeOggPage()', () => {
  it('writes the pages that FFmpeg writes, with their checksums', async () => {
    const ogg = await oggOpus('-f', 'lavfi', '-i', 'sine=duration=5');
    const pages = pagesOf(ogg);
    expect(pages.length).toBeGreaterThan(5);
    expect(Buffer.concat(pages.map(writeOggPage)).equals(ogg)).toBe(true);
    expect(pages[0]).toMatchObject({ flags: OGG_FLAGS.first, granule: 0, sequence: 0 });
    expect(pages.at(-1)).toMatchObject({ flags: OGG_FLAGS.last, sequence: pages.length - 1 });
  });
});

describe('readOggPage()', () => {
  const bytes = writeOggPage(page([10, 20]));

  it('needs all bytes of a page', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(readOggPage(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(readOggPage(bytes)).toMatchObject({ length: bytes.length, page: { serial: 7, sequence: 3 } });
  });

  it('skips a page that is damaged, and bytes that are no page', () => {
    const damaged = Buffer.from(bytes);
    damaged[40] = 9;
    expect(pagesOf(Buffer.concat([damaged, Buffer.from('noise OggS noise OgO'), bytes]))).toHaveLength(1);
  });
});

describe('segmentTable()', () => {
  it.each([
    [[0], [0]],
    [
      [254, 255, 256],
      [254, 255, 0, 255, 1],
    ],
    [[510], [255, 255, 0]],
  ])('makes of packets of %j bytes the segments %j', (lengths, segments) => {
    expect([...(segmentTable(lengths) ?? [])]).toEqual(segments);
    expect(lengths.reduce((sum, length) => sum + segmentCount(length), 0)).toBe(segments.length);
  });

  it('has no table for more packets than a page can hold', () => {
    expect(segmentTable(Array.from({ length: 255 }, () => 1))).toHaveLength(255);
    expect(segmentTable(Array.from({ length: 256 }, () => 1))).toBeUndefined();
  });
});

describe('PacketJoiner', () => {
  it('moves a packet that lies on several pages to the one on which it ends', () => {
    const joiner = new PacketJoiner();
    const joined = [
      joiner.join(page([10, 255], 0, 1)),
      joiner.join(page([255, 255], OGG_FLAGS.continued, 2)),
      joiner.join(page([5, 30], OGG_FLAGS.continued, 3)),
    ];
    expect(joined.map((whole) => whole && [...whole.segments])).toEqual([
      [10],
      undefined,
      [255, 255, 255, 5, 30],
    ]);
    expect(
      joined[2]?.body.equals(Buffer.concat([255, 510, 35].map((length, n) => Buffer.alloc(length, n + 1)))),
    ).toBe(true);
    expect(joined[2]?.flags).toBe(0);
  });

  it('drops a packet of which the rest is missing', () => {
    const joiner = new PacketJoiner();
    joiner.join(page([10, 255]));
    expect([...(joiner.join(page([20])) ?? page([])).segments]).toEqual([20]);
  });
});
