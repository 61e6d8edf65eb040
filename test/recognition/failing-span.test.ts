import { describe, expect, it } from 'vitest';
import { FailingSpan } from '../../lib/recognition/failing-span.ts';

describe('audio that makes tasks fail', () => {
  it('is given up after three tries, up to where the shortest of them got', () => {
    const span = new FailingSpan();
    expect([span.failed(1000, 9000), span.failed(1000, 4000), span.failed(1000, 6000)]).toEqual([
      undefined,
      undefined,
      4000,
    ]);
  });

  it('is looked at closely in the last try, and only then', () => {
    const span = new FailingSpan();
    const isLast = () => span.isLastTryAt(1000);
    const seen = [isLast()];
    for (let n = 0; n < 3; n += 1) {
      span.failed(1000, 9000);
      seen.push(isLast());
    }
    expect(seen).toEqual([false, false, true, false]);
    span.failed(1000, 9000);
    expect(span.isLastTryAt(2000)).toBe(false);
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

  it('that is given up is counted from the beginning when it is behind it that tasks fail', () => {
    const span = new FailingSpan();
    for (let n = 0; n < 3; n += 1) span.failed(0, 500);
    expect([span.failed(500, 900), span.failed(500, 900), span.failed(500, 900)]).toEqual([
      undefined,
      undefined,
      900,
    ]);
  });
});
