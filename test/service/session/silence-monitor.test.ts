import { describe, expect, it } from 'vitest';
import { SilenceWatch } from '../../../lib/service/session/silence-watch.ts';

const LIMITS = { silenceMs: 60_000, heartbeatMs: 1000 };

describe('watching for silence', () => {
  it('without a heartbeat, ends a task when silence has lasted long enough', () => {
    const watch = new SilenceWatch(LIMITS, false);
    expect([0, 59_900, 0, 59_999, 60_000].map((ms) => watch.feed(ms))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'timeout',
    ]);
  });

  it('with one, gives a sign of life for each second of silence, and never ends', () => {
    const watch = new SilenceWatch(LIMITS, true);
    const due = Array.from({ length: 1200 }, (_, frame) => watch.feed((frame + 1) * 100));
    expect(due.filter((what) => what === 'heartbeat')).toHaveLength(120);
    expect(due).not.toContain('timeout');
  });

  it('counts anew when somebody has spoken', () => {
    const watch = new SilenceWatch(LIMITS, true);
    expect([1000, 0, 900, 1000].map((ms) => watch.feed(ms))).toEqual([
      'heartbeat',
      undefined,
      undefined,
      'heartbeat',
    ]);
  });
});
