import { describe, expect, it } from 'vitest';
import { checkScript } from '../../../lib/testing/audio/script.ts';

const check = (durationMs: number, ...times: [number, number][]) =>
  checkScript({ durationMs, sentences: times.map(([begin_time, end_time]) => ({ begin_time, end_time })) });

describe('a script', () => {
  it('may be full of sentences or have none', () => {
    expect(check(1000, [0, 300], [300, 1000])).toBeUndefined();
    expect(check(0)).toBeUndefined();
  });

  it.each<[string, number, [number, number][]]>([
    ['sentence 1', 1000, [[0, 1001]]],
    ['sentence 1', 1000, [[300, 300]]],
    [
      'sentence 2',
      1000,
      [
        [0, 300],
        [299, 400],
      ],
    ],
    ['sentence 1', 1000, [[0.5, 300]]],
    ['sentence 1', 1000, [[-1, 300]]],
    ['sentence 1', 1000, [[0, Number.NaN]]],
    ['durationMs', 10.5, []],
    ['durationMs', -1, []],
    ['durationMs', 129_600_001, []],
  ])('is rejected with an error that names %s', (named, durationMs, times) => {
    expect(() => check(durationMs, ...times)).toThrow(
      expect.objectContaining({ code: 'E_OPTION', message: expect.stringContaining(named) }),
    );
  });

  it('has at most 65535 sentences', () => {
    const times = Array.from({ length: 65_536 }, (_, index): [number, number] => [index, index + 1]);
    expect(() => check(70_000, ...times)).toThrow(/65535/);
    expect(check(70_000, ...times.slice(1))).toBeUndefined();
  });
});
