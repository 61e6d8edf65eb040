import { describe, expect, it } from 'vitest';
import type { Decoder } from '../../../../lib/engines/local/runtime/runtime.ts';
import { Excerpt } from '../../../../lib/engines/local/segments/excerpt.ts';
import { GenerativeRecognizer } from '../../../../lib/engines/local/words/generative-recognizer.ts';
import { GenerativeModel } from '../../../../lib/engines/local/words/generative-model.ts';

/** 4 s of speech with 0.25 s of audio on both sides. */
const EXCERPT = new Excerpt(new Float32Array(72_000), 4000, 4000);
/** 1 s of speech, 0.5 s of pause and 2 s of speech. */
const TWO_PIECES = new Excerpt(new Float32Array(56_000), 0, 0, [{ begin: 16_000, end: 24_000 }]);
const ENGLISH = 'he was not an ill disposed young man';

/** A decoder that gives these texts one after another, and then nothing. It records the number of samples. */
function scripted(...texts: string[]): { model: GenerativeModel; decoded: number[] } {
  const decoded: number[] = [];
  const decoder: Decoder = {
    decode: async (samples) => {
      decoded.push(samples.length);
      const text = texts.shift() ?? '';
      return { text, tokens: text.split(/(?= )/), timestamps: [], lang: '' };
    },
  };
  return { model: new GenerativeModel(decoder, true), decoded };
}

async function recognized(first: string[], second?: string[], excerpt = EXCERPT) {
  const one = scripted(...first);
  const two = second && scripted(...second);
  const recognizer = new GenerativeRecognizer({
    loadFirst: async () => one.model,
    loadSecond: async () => two?.model,
  });
  return { ...(await recognizer.recognize(excerpt)), decoded: one.decoded };
}

describe('GenerativeRecognizer', () => {
  it('decodes once when the first attempt finds words', async () => {
    const { text, isAgreed, decoded } = await recognized([ENGLISH], [ENGLISH]);
    expect({ text, isAgreed, attempts: decoded.length }).toEqual({
      text: ENGLISH,
      isAgreed: false,
      attempts: 1,
    });
  });

  it('uses the text of another attempt when the second model agrees', async () => {
    const { text, isAgreed, decoded } = await recognized(['', ENGLISH], [ENGLISH.replace('ill', 'old')]);
    expect({ text, isAgreed }).toEqual({ text: ENGLISH, isAgreed: true });
    expect(decoded).toEqual([78_400, 72_000]);
  });

  it('tries less padding and two halves', async () => {
    const { text, isAgreed, decoded } = await recognized(
      ['', '', '', 'he was not an', 'ill disposed young man'],
      [ENGLISH],
    );
    expect({ text, isAgreed }).toEqual({ text: ENGLISH, isAgreed: true });
    expect(decoded.slice(0, 3)).toEqual([78_400, 72_000, 73_600]);
    // Both halves together have the whole excerpt, and silence after each.
    expect((decoded[3] ?? 0) + (decoded[4] ?? 0)).toBe(72_000 + 2 * 6400);
  });

  it('marks text that only attempts of the same model have', async () => {
    const { text, isAgreed } = await recognized(['', ENGLISH, ENGLISH]);
    expect({ text, isAgreed }).toEqual({ text: ENGLISH, isAgreed: false });
  });

  it('uses no text that no other attempt confirms', async () => {
    const { text, hasWords } = await recognized(['', 'the first of four', 'a second try'], ['so it is said']);
    expect({ text, hasWords }).toEqual({ text: '', hasWords: true });
  });

  it('reports that no attempt found words', async () => {
    const { text, hasWords, decoded } = await recognized([], []);
    expect({ text, hasWords, attempts: decoded.length }).toEqual({ text: '', hasWords: false, attempts: 5 });
  });

  it('tries again when the model repeats itself until it is stopped', async () => {
    const { text, isAgreed } = await recognized([`he${' uh'.repeat(100)}`, ENGLISH], [ENGLISH]);
    expect({ text, isAgreed }).toEqual({ text: ENGLISH, isAgreed: true });
  });

  it('uses no text of another script', async () => {
    const { text, hasWords } = await recognized(['我们 下期', '我们 下期'], ['我们 下期']);
    expect({ text, hasWords }).toEqual({ text: '', hasWords: false });
  });

  it('leaves a segment of several pieces without words to be recognised piece by piece', async () => {
    const { text, hasWords, decoded } = await recognized(['', ENGLISH], [ENGLISH], TWO_PIECES);
    expect({ text, hasWords, decoded }).toEqual({ text: '', hasWords: false, decoded: [56_000 + 6400] });
  });

  it('asks the second model for each piece when it finds no words in the whole', async () => {
    const second = scripted('', 'one two', 'three four').model;
    const recognizer = new GenerativeRecognizer({
      loadFirst: async () => second,
      loadSecond: async () => second,
    });
    expect(await recognizer.secondOpinion(TWO_PIECES)).toBe('one two three four');
  });
});
