import { FunAsrError } from '../../core/errors.ts';
import type { FinalSentence, Word } from '../../sentence.ts';

/** An object of a JSON document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Makes the error of a transcript that cannot be read. @param place The file; also the line when it is known. */
export function badTranscript(place: string, reason: string, cause?: unknown): FunAsrError {
  return new FunAsrError('E_BAD_TRANSCRIPT', `${place}: ${reason}`, {
    hint: 'Accepted are .jsonl and .json of this program, and the JSON of Whisper, whisper.cpp, OpenAI, Deepgram and DashScope.',
    cause,
  });
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; undefined when it is not a list. Items of other types are skipped. */
export function objectsOf(value: unknown): readonly JsonObject[] | undefined {
  return Array.isArray(value) ? value.filter(isObject) : undefined;
}

export function trimmedText(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** A time in seconds as integer ms; undefined when it is invalid. */
export function msOfSeconds(seconds: unknown): number | undefined {
  return typeof seconds === 'number' ? msOf(seconds * 1000) : undefined;
}

/**
 * A time in ms as an integer; undefined when it is invalid. Whisper's times may begin shortly before the recording: a negative
 * time is 0.
 */
export function msOf(ms: unknown): number | undefined {
  return typeof ms === 'number' && Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}

/** A name, or the number that a service gave. */
export type SpeakerId = string | number;

export function speakerIdIn(value: unknown): SpeakerId | undefined {
  return typeof value === 'number' ? value : trimmedText(value) || undefined;
}

/** A word as it is read: its times may be missing. */
export interface ReadWord {
  readonly text: string;
  /** @default what ends the text */
  readonly punctuation?: string | undefined;
  /** What separates it from the word before. @default by the scripts of both */
  readonly spaceBefore?: '' | ' ';
  readonly beginMs: number | undefined;
  readonly endMs: number | undefined;
  /** @default that of the sentence */
  readonly speaker?: SpeakerId | undefined;
}

/** A sentence as it is read. */
export interface ReadSentence {
  readonly text: string;
  readonly beginMs: number;
  readonly endMs: number;
  readonly words: readonly ReadWord[];
  readonly speaker?: SpeakerId | undefined;
  readonly channel?: number | undefined;
  readonly language?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Makes the sentences of a transcript: in the order of time, numbered from 1. Sentences without a text are skipped. */
export function finalSentences(read: readonly ReadSentence[]): FinalSentence[] {
  return read
    .filter(({ text }) => text !== '')
    .toSorted((one, other) => one.beginMs - other.beginMs)
    .map(({ channel, language, requestId = '', ...sentence }, index) => ({
      sentence_id: index + 1,
      begin_time: sentence.beginMs,
      end_time: Math.max(sentence.beginMs, sentence.endMs),
      text: sentence.text,
      words: wordsOf(sentence),
      sentence_end: true,
      request_id: requestId,
      ...(channel !== undefined && { channel_id: channel }),
      ...speakerField(sentence.speaker),
      ...(language !== undefined && { language }),
    }));
}

/** Sentences have names; numbers have a field of their own, which is the service's. */
function speakerField(speaker: SpeakerId | undefined): {
  readonly speaker?: string;
  readonly speaker_id?: number;
} {
  if (speaker === undefined) return {};
  return typeof speaker === 'number' ? { speaker_id: speaker } : { speaker };
}

/** A word without times gets those of its neighbours: the subtitle formats share them among the words by width. */
function wordsOf({
  words,
  beginMs,
  ...sentence
}: Pick<ReadSentence, 'words' | 'beginMs' | 'speaker'>): Word[] {
  let lastMs = beginMs;
  return words
    .filter(({ text, punctuation }) => text !== '' || punctuation)
    .map((word) => {
      const begin_time = word.beginMs ?? lastMs;
      lastMs = word.endMs ?? begin_time;
      const { text, punctuation } =
        word.punctuation === undefined
          ? splitPunctuation(word.text)
          : { text: word.text, punctuation: word.punctuation };
      const speaker = word.speaker ?? sentence.speaker;
      const ids = typeof speaker === 'number' ? { speaker_id: speaker } : {};
      return { begin_time, end_time: lastMs, text, punctuation, ...ids };
    });
}

const PUNCTUATION_AT_END = /[.,!?;:…'"’”)\]}»。，、！？；：」』】》〉）]+$/u;

/** Separates the punctuation at the end of a word. */
function splitPunctuation(word: string): { readonly text: string; readonly punctuation: string } {
  const text = word.replace(PUNCTUATION_AT_END, '');
  return text === '' ? { text: word, punctuation: '' } : { text, punctuation: word.slice(text.length) };
}
