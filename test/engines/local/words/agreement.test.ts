import { describe, expect, it } from 'vitest';
import { isAgreement, wordCountOf } from '../../../../lib/engines/local/words/agreement.ts';

describe('two transcripts of the same audio', () => {
  it('agree when they have the same words apart from case, marks and single errors', () => {
    expect(isAgreement('Eight of spades, four of cloves.', 'eight of spades four of clubs')).toBe(true);
    expect(isAgreement('He was not an ill-disposed young man.', 'He was not an ill-spursed young man.')).toBe(
      true,
    );
  });

  it('agree when one of them has more words', () => {
    expect(isAgreement('You want to have your own.', 'I think you want to have your own right there.')).toBe(
      true,
    );
  });

  it('do not agree when only common words are the same', () => {
    const one = 'The second part of the book is the story of the people of the city.';
    expect(isAgreement(one, 'The first thing is that the people who are in the city of the sun.')).toBe(
      false,
    );
  });

  it('agree on few words only when all are the same', () => {
    expect(isAgreement('Eight.', 'eight')).toBe(true);
    expect(isAgreement('Beijing Kurdi Guan.', 'Beijing Kodigwa.')).toBe(false);
  });

  it('do not agree when one is empty', () => {
    expect(isAgreement('', 'Eight.')).toBe(false);
    expect(isAgreement('', '')).toBe(false);
  });
});

it('counts words without marks', () => {
  expect(wordCountOf("It's a very, very - good day...")).toBe(6);
});
