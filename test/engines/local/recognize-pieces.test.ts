import { describe, expect, it } from 'vitest';
import { recognizePieces } from '../../../lib/engines/local/recognize-pieces.ts';
import { Excerpt } from '../../../lib/engines/local/segments/excerpt.ts';
import type { SegmentText } from '../../../lib/engines/local/words/recognizer.ts';

/** 1 s of speech, 0.5 s of pause and 2 s of speech, after 10 s of the stream. */
const SEGMENT = {
  begin: 160_000,
  end: 216_000,
  pauses: [{ begin: 176_000, end: 184_000 }],
};
const EXCERPT = new Excerpt(new Float32Array(56_000), 0, 0, [{ begin: 16_000, end: 24_000 }]);

/** Recognises the segment with these texts, one after another. Gives the spans, their texts and their durations in ms. */
async function recognized(...texts: string[]): Promise<unknown[]> {
  const recognize = async (): Promise<SegmentText> => {
    const text = texts.shift() ?? '';
    return { text, isAgreed: false, hasWords: text !== '' };
  };
  const speech = await recognizePieces({ recognize }, SEGMENT, EXCERPT);
  return speech.map(({ segment: { begin, end }, excerpt: { durationMs }, found: { text } }) => [
    begin,
    end,
    durationMs,
    text,
  ]);
}

describe('recognizePieces()', () => {
  it('uses the text of the whole segment', async () => {
    expect(await recognized('one two three')).toEqual([[160_000, 216_000, 3000, 'one two three']]);
  });

  it('recognises each piece when there are no words in the whole, also those without words', async () => {
    expect(await recognized('', 'one', '')).toEqual([
      [160_000, 176_000, 1000, 'one'],
      [184_000, 216_000, 2000, ''],
    ]);
  });
});
