import {
  badTranscript,
  isObject,
  type JsonObject,
  msOf,
  objectsOf,
  type ReadSentence,
  trimmedText,
} from './transcript-values.ts';

/** Whether a document is that of whisper.cpp (`--output-json`). */
export function isWhisperCpp({ transcription }: JsonObject): boolean {
  return Array.isArray(transcription);
}

/** Reads the document: its times are in ms. Its tokens are not words, and are not read. */
export function readWhisperCpp({ transcription, result }: JsonObject, place: string): ReadSentence[] {
  const language = (isObject(result) && trimmedText(result.language)) || undefined;
  return (objectsOf(transcription) ?? []).map(({ text, offsets }, index) => {
    const { from, to } = isObject(offsets) ? offsets : {};
    const beginMs = msOf(from);
    const endMs = msOf(to);
    if (typeof text !== 'string' || beginMs === undefined || endMs === undefined)
      throw badTranscript(place, `segment ${index} needs a text, and offsets in ms`);
    return { text: text.trim(), beginMs, endMs, words: [], language };
  });
}
