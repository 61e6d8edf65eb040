import { describe, expect, it } from 'vitest';
import { FailingSpan } from '../../../lib/recognition/recovery/failing-span.ts';

describe('audio that makes tasks fail', () => {
  it('is given up after three tries, up to where the shortest of them got', () => {
    const span = new FailingSpan();
    expect([span.failed(1000, 9000), span.failed(1000, 4000), span.failed(1000, 6000)]).toEqual([
      undefined,
      undefined,
      4000,
    ]);
  });

  it('is looked at closely in the last try, and not before', () => {
    const span = new FailingSpan();
    const isLast = () => span.isSuspect(1000);
    const seen = [isLast()];
    for (let n = 0; n < 3; n += 1) {
      span.failed(1000, 9000);
      seen.push(isLast());
    }
    expect(seen).toEqual([false, false, true, false]);
    expect(span.isSuspect(99_000)).toBe(false);
  });

  it('is another span as soon as more of the text is final', () => {
    const span = new FailingSpan();
    span.failed(1000, 9000);
    span.failed(1000, 9000);
    expect([span.failed(1200, 9000), span.failed(1200, 9000), span.failed(1200, 8000)]).toEqual([
      undefined,
      undefined,
      8000,
    ]);
  });

  it('is not blamed for failures of tasks that were given none', () => {
    const span = new FailingSpan();
    const failures = Array.from({ length: 5 }, () => span.failed(1000, 1000));
    expect(failures).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect([span.failed(1000, 9000), span.failed(1000, 9000), span.failed(1000, 9000)].at(-1)).toBe(9000);
  });

  describe('that goes on behind what was given up', () => {
    /** A span that has just given up the audio from 0 to 10,000. */
    function given(): FailingSpan {
      const span = new FailingSpan();
      for (let n = 0; n < 3; n += 1) span.failed(0, 10_000);
      return span;
    }

    it('is given up at each failure, twice as much each time', () => {
      const span = given();
      expect(span.isSuspect(10_000)).toBe(true);
      expect([span.failed(10_000, 13_200), span.failed(26_000, 29_200), span.failed(58_000, 61_200)]).toEqual(
        [26_000, 58_000, 122_000],
      );
    });

    it('is known again when the input had ended before what was given up', () => {
      const span = given();
      span.failed(10_000, 13_200);
      expect(span.isSuspect(13_200)).toBe(true);
      expect(span.failed(13_200, 16_000)).toBe(45_200);
    });

    it('is other audio when a task gets further', () => {
      const span = given();
      expect([span.failed(10_000, 50_000), span.failed(10_000, 50_000), span.failed(10_000, 50_000)]).toEqual(
        [undefined, undefined, 50_000],
      );
    });

    it('is not what fails behind a new sentence', () => {
      const span = given();
      expect(span.isSuspect(10_002)).toBe(false);
      expect(span.failed(10_002, 13_200)).toBeUndefined();
    });
  });
});
