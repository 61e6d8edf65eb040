import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { decodeText } from '../../subtitles/check/file/decode-text.ts';
import { isDashscope } from '../../subtitles/read/dashscope.ts';
import { isDeepgram } from '../../subtitles/read/deepgram.ts';
import { isNativeSentence } from '../../subtitles/read/native.ts';
import { readTranscript } from '../../subtitles/read/read-transcript.ts';
import { isObject } from '../../subtitles/read/transcript-values.ts';
import { isWhisperCpp } from '../../subtitles/read/whisper-cpp.ts';
import { isWhisper } from '../../subtitles/read/whisper.ts';
import { STDIN, STDIN_NAME } from '../plan/find-recordings.ts';
import type { ReadTranscript } from './earlier-outputs.ts';
import { languageCode } from './language-suffix.ts';

/**
 * Reads the sentences of one transcript.
 * @param input Path, or `-` for standard input.
 * @param signal Stops reading.
 * @throws {FunAsrError} `E_READ`, `E_BAD_TRANSCRIPT`
 */
export async function readSentences(
  input: string,
  stdin: Readable,
  signal?: AbortSignal,
): Promise<ReadTranscript> {
  const name = input === STDIN ? STDIN_NAME : input;
  const bytes = await bytesOf(input, stdin, name, signal);
  const { text, problems } = decodeText(bytes);
  if (text === undefined) {
    const [problem] = problems;
    throw new FunAsrError('E_BAD_TRANSCRIPT', `${name}:${problem?.line ?? 1}: ${problem?.message}`, {
      hint: 'Save it as UTF-8.',
    });
  }
  // The subtitle rules, and the name of the output, need the code of a language.
  const sentences = readTranscript(text, name).map((sentence) => {
    const code = languageCode(sentence['language']);
    return code === undefined ? sentence : { ...sentence, language: code };
  });
  return { sentences, content: createHash('sha256').update(bytes).digest('hex') };
}

async function bytesOf(input: string, stdin: Readable, name: string, signal?: AbortSignal): Promise<Buffer> {
  try {
    if (input !== STDIN) return await readFile(input, { signal });
    return await buffer(signal ? addAbortSignal(signal, stdin) : stdin);
  } catch (cause) {
    throw new FunAsrError('E_READ', `${name}: cannot be read: ${messageOf(cause)}`, { cause });
  }
}

const SHAPES = [isDashscope, isDeepgram, isWhisper, isWhisperCpp];

/** Names of fields by which a document that is damaged is still known to be a transcript. */
const FIELDS = /"(?:sentence_id|sentence_end|transcripts|utterances|segments|transcription)"\s*:/;

/** How much of a damaged document is searched. */
const HEAD_CHARACTERS = 4096;

/**
 * Whether a file that nobody has named is a transcript, whole or damaged. Other programs keep their settings and data in files
 * with the same extensions.
 */
export function isTranscript(text: string, name: string): boolean {
  if (/\.jsonl$/i.test(name)) return text.trim() === '' || isLine(text.trimStart().split('\n', 1)[0] ?? '');
  return isDocument(text) || isLine(text.split('\n', 1)[0] ?? '');
}

function isLine(line: string): boolean {
  const value = parsed(line);
  return value === undefined ? FIELDS.test(line) : isObject(value) && isNativeSentence(value);
}

function isDocument(text: string): boolean {
  const value = parsed(text);
  if (value === undefined) return FIELDS.test(text.slice(0, HEAD_CHARACTERS));
  if (Array.isArray(value)) return value.every((item) => isObject(item) && isNativeSentence(item));
  return isObject(value) && SHAPES.some((accepts) => accepts(value));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
