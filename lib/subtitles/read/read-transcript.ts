import { messageOf } from '../../core/errors.ts';
import type { FinalSentence } from '../../sentence.ts';
import { isDashscope, readDashscope } from './dashscope.ts';
import { isDeepgram, readDeepgram } from './deepgram.ts';
import { isNativeSentence, readJsonArray, readJsonLines } from './native.ts';
import {
  badTranscript,
  finalSentences,
  isObject,
  type JsonObject,
  type ReadSentence,
  trimmedText,
} from './transcript-values.ts';
import { isWhisperCpp, readWhisperCpp } from './whisper-cpp.ts';
import { isWhisper, readWhisper } from './whisper.ts';

/** A shape of other programs. */
interface Reader {
  readonly accepts: (document: JsonObject) => boolean;
  readonly read: (document: JsonObject, place: string) => ReadSentence[];
}

const READERS: readonly Reader[] = [
  { accepts: isDashscope, read: readDashscope },
  { accepts: isDeepgram, read: readDeepgram },
  { accepts: isWhisper, read: readWhisper },
  { accepts: isWhisperCpp, read: readWhisperCpp },
];

/**
 * Reads the sentences of a transcript: our `.jsonl` or `.json`, or the JSON of DashScope's file transcription, Whisper, whisper.cpp,
 * OpenAI (verbose) or Deepgram. The content decides what it is, because all of them are named `.json`.
 * @param text Content of the file.
 * @param name Name of the file, for messages.
 * @throws {FunAsrError} `E_BAD_TRANSCRIPT`
 */
export function readTranscript(text: string, name: string): FinalSentence[] {
  const content = text.replace(/^\ufeff/, '');
  if (hasLines(content, name)) return inOrder(readJsonLines(content, name));
  const document = parse(content, name);
  if (Array.isArray(document)) return inOrder(readJsonArray(document, name));
  const reader = isObject(document) ? READERS.find(({ accepts }) => accepts(document)) : undefined;
  if (!reader || !isObject(document)) throw badTranscript(name, 'it is not a transcript that can be read');
  const sentences = finalSentences(reader.read(document, name));
  if (sentences.length === 0 && trimmedText(document.text) !== '')
    throw badTranscript(
      name,
      'its text has no segments and no words that can be read, so that no times are known',
    );
  return sentences;
}

/** Sorts sentences by their begins, because the formats write them as they come. Invalid times are repaired later. */
function inOrder(sentences: readonly FinalSentence[]): FinalSentence[] {
  const areKnown = sentences.every(({ begin_time }) => Number.isFinite(begin_time));
  return areKnown ? sentences.toSorted((one, other) => one.begin_time - other.begin_time) : [...sentences];
}

/** Whether a file is JSON Lines: an object with a sentence in the first line. An empty `.jsonl` has no sentences. */
function hasLines(content: string, name: string): boolean {
  if (/\.jsonl$/i.test(name)) return true;
  const first = content.split('\n', 1)[0] ?? '';
  try {
    const value: unknown = JSON.parse(first);
    return isObject(value) && isNativeSentence(value);
  } catch {
    return false;
  }
}

function parse(content: string, name: string): unknown {
  if (content.trim() === '') throw badTranscript(name, 'it is empty');
  try {
    return JSON.parse(content);
  } catch (cause) {
    const corrected = withoutPythonNumbers(content);
    if (corrected !== content) return parse(corrected, name);
    throw badTranscript(name, `it is not JSON: ${messageOf(cause)}`, cause);
  }
}

/** Replaces numbers that Python writes and JSON does not have. Whisper writes them as a probability that it could not compute. */
function withoutPythonNumbers(content: string): string {
  return content.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gsu, (part) =>
    part.startsWith('"') ? part : 'null',
  );
}
