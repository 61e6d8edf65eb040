import { describe, expect, it } from 'vitest';
import { isForeign, isRunaway } from '../../../lib/engines/local/plausibility.ts';

describe('tokens of another script', () => {
  it('are Chinese characters and single bytes', () => {
    expect(isForeign(['我', '们', '下', '期'])).toBe(true);
    expect(isForeign(['<0xE8>', '<0xA7>', '<0x81>'])).toBe(true);
  });

  it('are not English words, accents, digits or marks', () => {
    expect(isForeign([' The', ' caf', 'é', ' costs', ' £', '5', '.', ' “', 'Yes', '”', '—'])).toBe(false);
    expect(isForeign([])).toBe(false);
  });

  it('do not count when they are few', () => {
    expect(isForeign([...words(20), 'π'])).toBe(false);
  });
});

describe('a model that repeats itself without end', () => {
  it('writes more tokens than fast speech has', () => {
    expect(isRunaway(words(81), 10)).toBe(false);
    expect(isRunaway(words(148), 10)).toBe(true);
  });

  it('is not seen in a short word of several tokens', () => {
    expect(isRunaway([' in', 'con', 'se', 'quent', 'ial'], 0.3)).toBe(false);
  });
});

function words(count: number): string[] {
  return Array.from({ length: count }, () => ' word');
}
