import { describe, expect, it } from 'vitest';
import { isForeign, isRunaway } from '../../../../lib/engines/local/words/plausibility.ts';

describe('isForeign', () => {
  it('finds Chinese characters and single bytes', () => {
    expect(isForeign(['我', '们', '下', '期'])).toBe(true);
    expect(isForeign(['<0xE8>', '<0xA7>', '<0x81>'])).toBe(true);
  });

  it('does not count English words, accents, digits and marks', () => {
    expect(isForeign([' The', ' caf', 'é', ' costs', ' £', '5', '.', ' “', 'Yes', '”', '—'])).toBe(false);
    expect(isForeign([])).toBe(false);
  });

  it('ignores single tokens', () => {
    expect(isForeign([...words(20), 'π'])).toBe(false);
  });
});

describe('isRunaway', () => {
  it('finds more tokens than fast speech has', () => {
    expect(isRunaway(words(81), 10)).toBe(false);
    expect(isRunaway(words(148), 10)).toBe(true);
  });

  it('accepts a short word of several tokens', () => {
    expect(isRunaway([' in', 'con', 'se', 'quent', 'ial'], 0.3)).toBe(false);
  });
});

function words(count: number): string[] {
  return Array.from({ length: count }, () => ' word');
}
