import { expect, it } from 'vitest';
import { table } from '../../../lib/cli/terminal/table.ts';

it('aligns columns by the width on the terminal', () => {
  const rows = [
    ['会議.mp3', '1'],
    ['a.wav', '100'],
  ];
  expect(table(['FILE', 'N'], rows)).toBe('FILE      N\n会議.mp3  1\na.wav     100\n');
});

it('escapes control characters', () => {
  expect(table(['N'], [['a\x1b[2J\nb']])).toBe('N\na\\x1b[2J\\x0ab\n');
});
