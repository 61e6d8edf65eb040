import type { Excerpt } from './segments/excerpt.ts';
import { piecesOf } from './segments/segment-joiner.ts';
import type { Segment } from './segments/segmenter.ts';
import type { Recognizer, SegmentText } from './words/recognizer.ts';

/** A segment or one of its pieces, its audio, and what was found in it. */
export interface RecognizedSpeech {
  readonly segment: Segment;
  readonly excerpt: Excerpt;
  readonly found: SegmentText;
}

/**
 * Recognises a segment. One of several pieces in which no words are found is recognised piece by piece, so that each piece
 * without words can be reported with its own times.
 * @throws {FunAsrError} `E_ENGINE`
 */
export async function recognizePieces(
  recognizer: Recognizer,
  segment: Segment,
  excerpt: Excerpt,
): Promise<readonly RecognizedSpeech[]> {
  const found = await recognizer.recognize(excerpt);
  const { pieces } = excerpt;
  if (found.text !== '' || pieces.length === 1) return [{ segment, excerpt, found }];
  const recognized: RecognizedSpeech[] = [];
  for (const [index, piece] of piecesOf(segment).entries()) {
    const own = pieces[index] ?? excerpt;
    recognized.push({ segment: piece, excerpt: own, found: await recognizer.recognize(own) });
  }
  return recognized;
}
