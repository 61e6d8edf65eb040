import { describe, expect, it } from 'vitest';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';
import { GapSearch } from '../../../lib/recognition/recovery/gap-search.ts';

/** Searches with a service that fails each task that is sent audio after a position. Returns all positions in ms. */
function search(reachMs: number, poisonMs: number, bytesPerMs = 32) {
  const times = new InputBuffer({ pcmBytesPerMs: bytesPerMs });
  const gapSearch = new GapSearch({ reach: reachMs * bytesPerMs, end: 9_000 * bytesPerMs, times });
  const limits: number[] = [];
  let startMs = 0;
  for (;;) {
    const limit = gapSearch.next(startMs * bytesPerMs);
    if (limit === undefined) return { startMs, limits };
    limits.push(limit / bytesPerMs);
    if (limit > poisonMs * bytesPerMs) gapSearch.failed(limit);
    else startMs = limit / bytesPerMs;
  }
}

describe('the search for the begin of a gap', () => {
  it('recognises everything up to 200 ms before the place of failure', () => {
    expect(search(8600, 8500)).toEqual({ startMs: 8400, limits: [8400] });
  });

  it.each([8, 16, 32])(
    'goes back in doubled steps when the service fails late, at %i bytes per ms',
    (bytes) => {
      const { limits, startMs } = search(8600, 7100, bytes);
      expect(limits).toEqual([8400, 8000, 7200, 5600, 6400, 6800, 7000]);
      expect(startMs).toBe(7000);
    },
  );

  it.each([0, 1, 150, 399, 400, 2345, 8599])(
    'begins the gap less than 400 ms before poison at %i ms',
    (poisonMs) => {
      const { startMs, limits } = search(8600, poisonMs);
      expect(startMs).toBeLessThanOrEqual(poisonMs);
      expect(startMs).toBeGreaterThan(poisonMs - 400);
      expect(limits.length).toBeLessThan(12);
    },
  );

  it('runs no task that is too short for the service', () => {
    expect(search(399, 350)).toEqual({ startMs: 0, limits: [] });
    expect(search(400, 350)).toEqual({ startMs: 200, limits: [200] });
  });

  it('cuts no sample', () => {
    const times = new InputBuffer({ pcmBytesPerMs: 32 });
    const gapSearch = new GapSearch({ reach: 32_002, end: 64_000, times });
    gapSearch.failed(31_998);
    expect(gapSearch.next(17_000)).toBe(24_498);
  });
});
