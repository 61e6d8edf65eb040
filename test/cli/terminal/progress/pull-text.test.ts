import { expect, it } from 'vitest';
import { pullText } from '../../../../lib/cli/terminal/progress/pull-text.ts';

it('shows the rate and the time left, without what an earlier download received', () => {
  let now = 0;
  const format = pullText(() => now);
  const at = (ms: number, megabytes: number): string => {
    now = ms;
    return format({ model: 'm', receivedBytes: megabytes * 1e6, totalBytes: 240e6 });
  };
  expect(at(0, 100)).toBe('downloading model m: 100 of 240 MB');
  expect(at(10_000, 120)).toBe('downloading model m: 120 of 240 MB, 2.0 MB/s, 1:00 left');
});
