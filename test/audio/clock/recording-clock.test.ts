import { expect, test } from 'vitest';
import { RecordingClock } from '../../../lib/audio/clock/recording-clock.ts';
import { clockWarnings } from '../../../lib/audio/clock/clock-warnings.ts';

/** Runs a clock at 1 kHz over packets of 20 ms. @returns The silence before each packet, in ms. */
function silences(times: readonly number[], clock = new RecordingClock(1000)): number[] {
  return times.map((timeMs) => {
    const samples = clock.synchronize(timeMs);
    clock.add(20);
    return samples;
  });
}

test('fills nothing while timestamps and samples agree, or differ by rounding', () => {
  expect(silences([0, 20, 40, 60])).toEqual([0, 0, 0, 0]);
  expect(silences([0, 23, 39, 65, 79, 110])).toEqual([0, 0, 0, 0, 0, 0]);
});

test('fills a late start, a gap, and the sum of small gaps', () => {
  expect(silences([500, 520, 1540, 1560])).toEqual([500, 0, 1000, 0]);
  expect(silences([0, 40, 80, 120, 160])).toEqual([0, 0, 40, 0, 40]);
});

test('continues after timestamps that go back, and fills a gap after them', () => {
  expect(silences([5000, 5020, 0, 20, 1040])).toEqual([5000, 0, 0, 0, 1000]);
});

test('does not follow a step of ten minutes, and follows a shorter one', () => {
  const clock = new RecordingClock(1000);
  expect(silences([0, 600_020, 600_040, 1_200_050], clock)).toEqual([0, 0, 0, 599_990]);
  expect(clock.ignored).toEqual([{ atMs: 20, durationMs: 600_000 }]);
});

test('counts sound and silence', () => {
  const clock = new RecordingClock(1000);
  silences([300, 320, 440, 460, 1480], clock);
  expect(clock).toMatchObject({ soundMs: 100, silenceMs: 1400, startMs: 300, gaps: 2 });
  expect(clock.longest).toEqual({ atMs: 480, durationMs: 1000 });
});

const NOTHING = { startMs: 0, silenceMs: 0, gaps: 0, longest: undefined, ignored: [] };

test('reports no sound that starts a little late', () => {
  expect(clockWarnings('a.mkv', NOTHING)).toEqual([]);
  expect(clockWarnings('a.mkv', { ...NOTHING, startMs: 499, silenceMs: 499 })).toEqual([]);
});

test('reports how much was filled, how often, and where the longest gap is', () => {
  const longest = { atMs: 60_000, durationMs: 7000 };
  expect(
    clockWarnings('a.mkv', { ...NOTHING, startMs: 4800, silenceMs: 13_900, gaps: 3, longest }),
  ).toMatchObject([
    {
      code: 'W_CLOCK',
      message:
        'a.mkv: its sound starts 4.8 s after its beginning; its sound has 3 gaps of 9.1 s in all, the longest of 7.0 s at 60.0 s; filled with silence, so that all times are right',
      span: { beginMs: 60_000, endMs: 67_000 },
    },
  ]);
});

test('reports a step that was not followed', () => {
  const ignored = [{ atMs: 1000, durationMs: 900_000 }];
  expect(clockWarnings('a.mkv', { ...NOTHING, ignored })).toMatchObject([
    { code: 'W_CLOCK', message: expect.stringContaining('a step of 900.0 s at 1.0 s') },
  ]);
});
