import { describe, expect, it } from 'vitest';
import { captionPage, type CaptionPageOptions } from '../../lib/caption-page/caption-page.ts';

describe('options of captionPage()', () => {
  it.each([
    ['a name that does not exist', { maxSource: 1 }, /maxSource/],
    ['a number that is too large', { maxPages: 1e9 }, /maxPages must be an integer/],
    ['sentences that cannot be read', { sentences: ['a'] }, /sentences must be an async iterable/],
    ['a wrong option of the recognition', { recognition: { model: 1 } }, /model/],
    ['an unknown option of the recognition', { recognition: { modle: 'x' } }, /modle/],
  ])('are refused at once: %s', (_, options, message) => {
    expect(() => captionPage(options as CaptionPageOptions)).toThrow(message);
  });

  it('need no key yet', () => {
    expect(captionPage({ recognition: { engine: 'cloud' } })).toBeTypeOf('function');
    expect(captionPage({ recognition: { languageHints: ['zh'] } })).toBeTypeOf('function');
  });
});
