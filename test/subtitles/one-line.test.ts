import { expect, it } from 'vitest';
import { oneLine } from '../../lib/subtitles/one-line.ts';

it('white space, line ends and control characters become single spaces, none at the ends', () => {
  expect(oneLine(' a\r\n\r\nb\t\u0000c\u2028d\u2029e\u3000f \u0085')).toBe('a b c d e f');
});

it('a no-break space stays one, unless it stands beside a space', () => {
  expect(oneLine('5\u00a0km\u00a0\u00a0or \u00a0 6')).toBe('5\u00a0km\u00a0or 6');
});

it('a lone surrogate becomes the replacement character, a pair stays', () => {
  expect(oneLine('a\ud83db😀')).toBe('a\ufffdb😀');
});
