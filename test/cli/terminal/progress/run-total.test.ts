import { describe, expect, it } from 'vitest';
import { runTotalText } from '../../../../lib/cli/terminal/progress/run-total.ts';

const MINUTE = 60_000;
const active = (audioMs: number, durationMs?: number) => ({
  input: 'a.mp3',
  number: 1,
  startedAt: 0,
  doneMs: 0,
  audioMs,
  durationMs,
});
const run = { total: 4, ended: 1, endedMs: 10 * MINUTE, doneMs: 0, startedAt: 0 };

describe('the total of a run', () => {
  it('estimates the rest by the mean length, and the time by the speed', () => {
    // 15 of about 40 minutes in one minute.
    expect(runTotalText(run, [active(5 * MINUTE, 10 * MINUTE)], 80, MINUTE)).toBe(
      'total 1 of 4, 15:00 of ~40:00, 1:40 left',
    );
  });

  it('is exact when all recordings are begun', () => {
    const all = [1, 2, 3].map(() => active(0, 10 * MINUTE));
    expect(runTotalText(run, all, 80, MINUTE)).toBe('total 1 of 4, 10:00 of 40:00, 3:00 left');
  });

  it('leaves audio of earlier runs out of the speed', () => {
    expect(runTotalText({ ...run, doneMs: 5 * MINUTE }, [active(0, 10 * MINUTE)], 80, MINUTE)).toContain(
      '6:00 left',
    );
  });

  it('says only what is known', () => {
    expect(runTotalText({ ...run, ended: 0, endedMs: 0 }, [active(0)], 80, MINUTE)).toBe('total 0 of 4');
    expect(runTotalText(run, [active(0, 10 * MINUTE)], 80, 1000)).toBe('total 1 of 4, 10:00 of ~40:00');
  });

  it.each([
    [40, 'total 1 of 4, 15:00 of ~40:00, 1:40 left'],
    [30, 'total 1 of 4, 1:40 left'],
    [15, 'total 1 of 4'],
    [8, 'total 1…'],
  ])('fits into %i columns', (width, text) => {
    expect(runTotalText(run, [active(5 * MINUTE, 10 * MINUTE)], width, MINUTE)).toBe(text);
  });
});
