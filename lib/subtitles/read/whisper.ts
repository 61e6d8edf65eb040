import {
  badTranscript,
  type JsonObject,
  msOfSeconds,
  objectsOf,
  type ReadSentence,
  type ReadWord,
  speakerIdIn,
  trimmedText,
} from './transcript-values.ts';
import { sentencesOf, withWords } from './word-groups.ts';
import { wordsInText } from './words-in-text.ts';

/** Whether a document is that of the whisper program, of WhisperX, or the verbose JSON of OpenAI. */
export function isWhisper({ segments, words, text }: JsonObject): boolean {
  return Array.isArray(segments) || (Array.isArray(words) && typeof text === 'string');
}

/** Reads the document: its segments are the sentences. The words are in the segments, or in one list beside them. */
export function readWhisper(document: JsonObject, place: string): ReadSentence[] {
  const language = trimmedText(document.language) || undefined;
  const words = objectsOf(document.words)?.map(wordOf) ?? [];
  const segments = objectsOf(document.segments) ?? [];
  if (segments.length === 0) return sentencesOf(wordsInText(words, trimmedText(document.text)), { language });

  const hasOwnWords = segments.some((segment) => Array.isArray(segment.words));
  const sentences = segments.map((segment, index) => {
    const beginMs = msOfSeconds(segment.start);
    const endMs = msOfSeconds(segment.end);
    if (typeof segment.text !== 'string' || beginMs === undefined || endMs === undefined)
      throw badTranscript(place, `segment ${index} needs a text, and start and end in seconds`);
    const speaker = speakerIdIn(segment.speaker);
    const own = objectsOf(segment.words)?.map(wordOf) ?? [];
    return { text: segment.text.trim(), beginMs, endMs, words: own, speaker, language };
  });
  return hasOwnWords ? sentences : withWords(sentences, words);
}

function wordOf({ word, start, end, speaker }: JsonObject): ReadWord {
  return {
    text: trimmedText(word),
    beginMs: msOfSeconds(start),
    endMs: msOfSeconds(end),
    speaker: speakerIdIn(speaker),
  };
}
