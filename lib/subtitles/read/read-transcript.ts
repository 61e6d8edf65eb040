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
  if (hasLines(content, name)) return readJsonLines(content, name);
  const document = parse(content, name);
  if (Array.isArray(document)) return readJsonArray(document, name);
  const reader = isObject(document) ? READERS.find(({ accepts }) => accepts(document)) : undefined;
  if (reader && isObject(document)) return finalSentences(reader.read(document, name));
  throw badTranscript(name, 'it is not a transcript that can be read');
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
    throw badTranscript(name, `it is not JSON: ${messageOf(cause)}`, cause);
  }
}
