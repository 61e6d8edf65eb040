import { messageOf } from '../../core/errors.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../../sentence.ts';
import { missingFrom } from '../check-sentence.ts';
import { badTranscript, isObject } from './transcript-values.ts';

/** Reads the lines of our `.jsonl`. Partial sentences are skipped. */
export function readJsonLines(text: string, name: string): FinalSentence[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = `${name}:${index + 1}`;
    try {
      return readSentence(JSON.parse(line), place);
    } catch (cause) {
      throw cause instanceof SyntaxError ? badTranscript(place, messageOf(cause), cause) : cause;
    }
  });
}

/** Reads the array of our `.json`. */
export function readJsonArray(document: readonly unknown[], name: string): FinalSentence[] {
  return document.flatMap((value, index) => readSentence(value, `${name}: sentence ${index}`));
}

/** Whether a value is one of our sentences, or is meant to be one. */
export function isNativeSentence(value: object): boolean {
  return 'sentence_end' in value || 'sentence_id' in value;
}

function readSentence(value: unknown, place: string): FinalSentence[] {
  // A transcript that was written by hand may have no words.
  const read: unknown = isObject(value) ? { ...value, words: value.words ?? [] } : value;
  const missing = missingFrom(read);
  if (missing !== undefined) throw badTranscript(place, `a sentence must be an object with ${missing}`);
  const sentence = read as Sentence;
  if (isPartial(sentence)) return [];
  if (!isSentenceEnd(sentence))
    throw badTranscript(place, 'a sentence must be an object with a final end_time');
  return [sentence];
}

/** A sentence without the field `sentence_end` is neither partial nor final. */
function isPartial({ sentence_end: isEnd }: { readonly sentence_end?: unknown }): boolean {
  return isEnd === false;
}
