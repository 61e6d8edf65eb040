import { expect, test } from 'vitest';
import { SentenceSplitter } from '../../../lib/engines/local/sentence-splitter.ts';

const SECOND = 16_000;

test('ends a sentence once, after enough silence', () => {
  const splitter = new SentenceSplitter(SECOND);
  splitter.add({ begin: 0, end: 2 * SECOND });

  expect(splitter.silentUntil(2.9 * SECOND)).toBe(false);
  expect(splitter.silentUntil(3 * SECOND)).toBe(true);
  expect(splitter.silentUntil(4 * SECOND)).toBe(false);
});

test('ends nothing before the first segment', () => {
  expect(new SentenceSplitter(SECOND).silentUntil(60 * SECOND)).toBe(false);
});

test('joins segments with shorter silences between them', () => {
  const splitter = new SentenceSplitter(SECOND);

  expect(splitter.add({ begin: 0, end: 2 * SECOND })).toBe(false);
  expect(splitter.silentUntil(2.5 * SECOND)).toBe(false);
  expect(splitter.add({ begin: 2.5 * SECOND, end: 4 * SECOND })).toBe(false);
  expect(splitter.silentUntil(4.5 * SECOND)).toBe(false);
});

test('ends a sentence after one minute', () => {
  const splitter = new SentenceSplitter(SECOND);
  const ended = Array.from({ length: 10 }, (_, n) =>
    splitter.add({ begin: 14 * n * SECOND, end: (14 * n + 13.8) * SECOND }),
  );

  // Four segments of 14 s fit.
  expect(ended).toEqual([false, false, false, false, true, false, false, false, true, false]);
});
