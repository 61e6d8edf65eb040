import { expect, it } from 'vitest';
import { oneLine } from '../../../lib/subtitles/words/one-line.ts';

it('replaces white space, line ends and control characters by single spaces, and trims both ends', () => {
  expect(oneLine(' a\r\n\r\nb\t\u0000c\u2028d\u2029e\u3000f \u0085')).toBe('a b c d e f');
});

it('keeps a no-break space, unless a space is next to it', () => {
  expect(oneLine('5\u00a0km\u00a0\u00a0or \u00a0 6')).toBe('5\u00a0km\u00a0or 6');
});

it('replaces a lone surrogate, and keeps a pair', () => {
  expect(oneLine('a\ud83db😀')).toBe('a\ufffdb😀');
});
