import { Readable } from 'node:stream';
import type { Sentence } from '../../../lib/sentence.ts';
import { captions, type CaptionsOptions } from '../../../lib/subtitles/captions.ts';
import type { Caption } from '../../../lib/subtitles/captions/rolling-lines.ts';

/** A partial sentence; with an end it is final. */
export function sentence(text: string, end: number | null = null, more: Partial<Sentence> = {}): Sentence {
  const base = { sentence_id: 1, begin_time: 0, words: [], request_id: 'r' };
  return { ...base, text, end_time: end, sentence_end: end !== null, ...more };
}

/** The captions for some sentences. */
export async function captionsOf(
  sentences: readonly Sentence[],
  options: CaptionsOptions = {},
): Promise<Caption[]> {
  return (await Readable.from(sentences).pipe(captions(options)).toArray()) as Caption[];
}
