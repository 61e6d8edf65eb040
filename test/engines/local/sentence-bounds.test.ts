import { expect, test } from 'vitest';
import { SentenceBounds } from '../../../lib/engines/local/sentence-bounds.ts';

const SECOND = 16_000;

test('ends a sentence once, after enough silence', () => {
  const bounds = new SentenceBounds(SECOND);
  bounds.add({ begin: 0, end: 2 * SECOND });

  expect(bounds.silentUntil(2.9 * SECOND)).toBe(false);
  expect(bounds.silentUntil(3 * SECOND)).toBe(true);
  expect(bounds.silentUntil(4 * SECOND)).toBe(false);
});

test('ends nothing before the first segment', () => {
  expect(new SentenceBounds(SECOND).silentUntil(60 * SECOND)).toBe(false);
});

test('joins segments with shorter silences between them', () => {
  const bounds = new SentenceBounds(SECOND);

  expect(bounds.add({ begin: 0, end: 2 * SECOND })).toBe(false);
  expect(bounds.silentUntil(2.5 * SECOND)).toBe(false);
  expect(bounds.add({ begin: 2.5 * SECOND, end: 4 * SECOND })).toBe(false);
  expect(bounds.silentUntil(4.5 * SECOND)).toBe(false);
});

test('ends a sentence after one minute', () => {
  const bounds = new SentenceBounds(SECOND);
  const ended = Array.from({ length: 10 }, (_, n) =>
    bounds.add({ begin: 14 * n * SECOND, end: (14 * n + 13.8) * SECOND }),
  );

  // Four segments of 14 s fit.
  expect(ended).toEqual([false, false, false, false, true, false, false, false, true, false]);
});
