import { describe, expect, it } from 'vitest';
import { ResultWatchdog } from '../../../lib/recognition/task/result-watchdog.ts';

const LIMIT_MS = 40;

/** 16 kHz audio with this magnitude. */
function audio(ms: number, magnitude: number): Buffer {
  const samples = Int16Array.from({ length: ms * 16 }, (_, at) => (at % 2 ? magnitude : -magnitude));
  return Buffer.from(samples.buffer);
}

/** A watchdog with a clock that stands still until it is moved. */
function watching(bytesPerMs = 32) {
  let now = 0;
  const watchdog = new ResultWatchdog(bytesPerMs, LIMIT_MS, { now: () => now });
  return { watchdog, pass: (ms: number) => (now += ms) };
}

describe('speech without a result', () => {
  it('is overdue after the limit, when half of the limit was sent in speech', () => {
    const { watchdog, pass } = watching();
    watchdog.sent(audio(LIMIT_MS / 2, 1000));
    pass(LIMIT_MS);
    expect(watchdog.isOverdue).toBe(false);
    pass(1);
    expect(watchdog.isOverdue).toBe(true);
  });

  it.each([
    ['silence', 10_000, 90],
    ['less speech than half of the limit', LIMIT_MS / 2 - 1, 1000],
  ])('is not overdue for %s', (_, ms, magnitude) => {
    const { watchdog, pass } = watching();
    watchdog.sent(audio(ms, magnitude));
    pass(LIMIT_MS + 1);
    expect(watchdog.isOverdue).toBe(false);
  });

  it('is measured by its duration at any sample rate', () => {
    const { watchdog, pass } = watching(16);
    watchdog.sent(audio(LIMIT_MS / 4, 1000));
    pass(LIMIT_MS + 1);
    expect(watchdog.isOverdue).toBe(true);
  });

  it('is answered by any message of the service', () => {
    const { watchdog, pass } = watching();
    watchdog.sent(audio(LIMIT_MS, 1000));
    pass(LIMIT_MS + 1);
    watchdog.reset();
    expect(watchdog.isOverdue).toBe(false);
    pass(LIMIT_MS + 1);
    expect(watchdog.isOverdue).toBe(false);
    watchdog.sent(audio(LIMIT_MS, 1000));
    pass(LIMIT_MS + 1);
    expect(watchdog.isOverdue).toBe(true);
  });

  it('is not overdue at once when there was nothing to answer for a long time', () => {
    const { watchdog, pass } = watching();
    watchdog.sent(audio(LIMIT_MS, 0));
    pass(2 * LIMIT_MS);
    watchdog.sent(audio(LIMIT_MS, 1000));
    expect(watchdog.isOverdue).toBe(false);
  });
});
