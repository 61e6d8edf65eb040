import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import type { FinalSentence } from '../sentence.ts';
import { secondsOf } from '../subtitles/json/json-document.ts';
import { wordTexts } from '../subtitles/json/word-texts.ts';
import { srt } from '../subtitles/srt.ts';
import { vtt } from '../subtitles/vtt.ts';
import type { SubtitleStream } from '../subtitles/writer.ts';
import { sentenceOf } from './api-error.ts';
import type { Transcription } from './transcription.ts';
import type { ResponseFormat, TranscriptionRequest } from './transcription-request.ts';

/** The body of an answer, with its type. */
export interface Answer {
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

type Content = Pick<Answer, 'type' | 'body'>;
type Format = (transcription: Transcription, request: TranscriptionRequest) => Content | Promise<Content>;

const FORMATS: Readonly<Record<ResponseFormat, Format>> = {
  json: (transcription) => ({ type: JSON_TYPE, body: JSON.stringify(plainDocument(transcription)) }),
  verbose_json: (transcription, request) => ({
    type: JSON_TYPE,
    body: JSON.stringify(verboseDocument(transcription, request)),
  }),
  text: ({ text }) => ({ type: TEXT_TYPE, body: `${text}\n` }),
  srt: async ({ sentences }) => ({ type: TEXT_TYPE, body: await written(sentences, srt()) }),
  vtt: async ({ sentences }) => ({ type: 'text/vtt; charset=utf-8', body: await written(sentences, vtt()) }),
};

/** Writes a transcription in the format that the client asks for. */
export async function answerOf(transcription: Transcription, request: TranscriptionRequest): Promise<Answer> {
  const codes = new Set(transcription.warnings.map(({ code }) => code));
  return {
    ...(await FORMATS[request.format](transcription, request)),
    // Text and subtitles have no place for warnings.
    headers: codes.size === 0 ? {} : { 'x-fun-asr-warnings': [...codes].join(', ') },
  };
}

/** Losses that are no failure: what is missing in the text, and why. */
export function warningsOf({ warnings }: Transcription): object {
  if (warnings.length === 0) return {};
  return { warnings: warnings.map((warning) => ({ code: warning.code, message: sentenceOf(warning) })) };
}

async function written(sentences: readonly FinalSentence[], writer: SubtitleStream): Promise<string> {
  return await textOf(Readable.from(sentences).pipe(writer));
}

function plainDocument(transcription: Transcription): object {
  const { text, durationMs } = transcription;
  return { text, usage: usageOf(durationMs), ...warningsOf(transcription) };
}

function verboseDocument(
  transcription: Transcription,
  { hasSegments, hasWords }: TranscriptionRequest,
): object {
  const { text, language, durationMs, sentences } = transcription;
  return {
    task: 'transcribe',
    language: language === undefined ? 'unknown' : languageName(language),
    duration: durationMs / 1000,
    text,
    ...(hasSegments && { segments: sentences.map(segmentOf) }),
    ...(hasWords && { words: sentences.flatMap(wordsOf) }),
    usage: usageOf(durationMs),
    ...warningsOf(transcription),
  };
}

/** OpenAI counts whole seconds, of which a part counts as one. */
function usageOf(durationMs: number): object {
  return { type: 'duration', seconds: Math.ceil(durationMs / 1000) };
}

/** The name of a language as OpenAI writes it: `english`. */
function languageName(code: string): string {
  try {
    return (new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code).toLowerCase();
  } catch {
    return code;
  }
}

/**
 * A sentence as a segment. The last five fields are properties of Whisper, which readers expect as numbers: no engine here
 * has them, and they are the same in all segments.
 */
function segmentOf(sentence: FinalSentence, id: number): object {
  return {
    id,
    seek: 0,
    start: secondsOf(sentence.begin_time),
    end: secondsOf(sentence.end_time),
    text: sentence.text,
    tokens: [],
    temperature: 0,
    avg_logprob: 0,
    compression_ratio: 1,
    no_speech_prob: 0,
  };
}

function wordsOf(sentence: FinalSentence): object[] {
  return wordTexts(sentence).map(({ word, punctuated }) => ({
    word: punctuated,
    start: secondsOf(word.begin_time),
    end: secondsOf(word.end_time),
  }));
}
