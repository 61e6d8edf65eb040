import { describe, expect, it } from 'vitest';
import { Excerpt } from '../../../../lib/engines/local/segments/excerpt.ts';
import { LanguageCheck } from '../../../../lib/engines/local/words/language-check.ts';

const LONG = new Excerpt(new Float32Array(3 * 16_000), 0, 0);
const SHORT = new Excerpt(new Float32Array(16_000), 0, 0);
const ENGLISH = 'he was not an ill disposed young man';

/** Checks texts of segments, one after another, with a second model that always gives the same text. */
async function checked(second: string | undefined, ...segments: ReadonlyArray<readonly [Excerpt, string]>) {
  let opinions = 0;
  const check = new LanguageCheck(async () => {
    opinions += 1;
    return second;
  });
  const texts: string[] = [];
  const doubts: boolean[] = [];
  for (const [excerpt, found] of segments) {
    const { text, isDoubtful } = await check.check(excerpt, {
      text: found,
      isAgreed: false,
      hasWords: found !== '',
    });
    texts.push(text);
    doubts.push(isDoubtful);
  }
  return { texts, doubts, opinions };
}

describe('LanguageCheck', () => {
  it('uses the second model only for the first speech when both agree', async () => {
    const { texts, opinions } = await checked(ENGLISH, [LONG, ENGLISH], [LONG, 'and more'], [SHORT, 'yes']);
    expect(texts).toEqual([ENGLISH, 'and more', 'yes']);
    expect(opinions).toBe(1);
  });

  it('drops text that the second model does not confirm', async () => {
    const { texts } = await checked('or so it was yesterday', [LONG, ENGLISH], [LONG, ENGLISH]);
    expect(texts).toEqual(['', '']);
  });

  it('accepts short speech, unless longer speech was dropped before', async () => {
    const { texts, doubts } = await checked(
      'something else',
      [SHORT, 'yes'],
      [LONG, ENGLISH],
      [SHORT, 'yes'],
    );
    expect(texts).toEqual(['yes', '', '']);
    expect(doubts).toEqual([true, false, false]);
  });

  it('checks again after two segments without words', async () => {
    const { texts, opinions } = await checked(
      ENGLISH,
      [LONG, ENGLISH],
      [LONG, ''],
      [LONG, 'one more time'],
      [LONG, ''],
      [LONG, ''],
      [LONG, 'the sun is bright and bright'],
    );
    expect(texts).toEqual([ENGLISH, '', 'one more time', '', '', '']);
    expect(opinions).toBe(2);
  });

  it('accepts all text without a second model', async () => {
    const { texts } = await checked(undefined, [LONG, ENGLISH], [LONG, 'and more']);
    expect(texts).toEqual([ENGLISH, 'and more']);
  });
});
