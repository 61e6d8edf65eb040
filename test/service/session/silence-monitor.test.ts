import { describe, expect, it } from 'vitest';
import { SilenceMonitor } from '../../../lib/service/session/silence-monitor.ts';

const LIMITS = { silenceMs: 60_000, heartbeatMs: 1000 };

describe('SilenceMonitor', () => {
  it('reports a timeout after the silence limit when heartbeat is off', () => {
    const monitor = new SilenceMonitor(LIMITS, false);
    expect([0, 59_900, 0, 59_999, 60_000].map((ms) => monitor.update(ms))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'timeout',
    ]);
  });

  it('reports a heartbeat for each second of silence, and no timeout, when heartbeat is on', () => {
    const monitor = new SilenceMonitor(LIMITS, true);
    const due = Array.from({ length: 1200 }, (_, frame) => monitor.update((frame + 1) * 100));
    expect(due.filter((event) => event === 'heartbeat')).toHaveLength(120);
    expect(due).not.toContain('timeout');
  });

  it('starts again after speech', () => {
    const monitor = new SilenceMonitor(LIMITS, true);
    expect([1000, 0, 900, 1000].map((ms) => monitor.update(ms))).toEqual([
      'heartbeat',
      undefined,
      undefined,
      'heartbeat',
    ]);
  });
});
