import { FunAsrError } from '../../core/errors.ts';

/** How the server recognises: while it receives, with a correction of each sentence; or once, at the end. */
export type RuntimeMode = '2pass' | 'offline';

/** What a session asks of the server. */
export interface RuntimeSettings {
  readonly mode: RuntimeMode;
  /** Words with their weights. */
  readonly hotWords?: Readonly<Record<string, number>> | undefined;
  /** Whether numbers and dates are written in figures. */
  readonly itn: boolean;
  /** For a SenseVoice model. */
  readonly language: string | undefined;
}

/** Begin and end of one character or word, in ms. */
export type Stamp = readonly [begin: number, end: number];

/** A message of the server. */
export interface RuntimeMessage {
  /** `2pass-online`, `2pass-offline`, `offline`; empty when the server sent none. */
  readonly mode: string;
  readonly text: string;
  readonly stamps: readonly Stamp[];
  readonly isFinal: boolean | undefined;
  /** Whether it acknowledges the end of the audio. */
  readonly isEnd: boolean;
  readonly error: string | undefined;
  /** Which server sends such a message; undefined when several do. */
  readonly server: 'runtime' | 'python' | undefined;
}

/** Frames of 60 ms, of which the server's streaming model takes ten at a time, with five before and after. */
export const FRAME_MS = 60;
const CHUNK_SIZE: readonly number[] = [5, 10, 5];
const CHUNK_INTERVAL = 10;

/**
 * The first message of a session. Source of all fields: the page "WebSocket/gRPC Communication Protocol" of FunASR
 * (runtime/docs/websocket_protocol.md and its Chinese edition, which has `svs_lang`). `chunk_interval` and `is_end` are in
 * runtime/python/websocket/README.md. Both servers need `chunk_size` in every mode.
 */
export function startMessage({ mode, hotWords, itn, language }: RuntimeSettings, name: string): string {
  return JSON.stringify({
    mode,
    wav_name: name,
    wav_format: 'pcm',
    audio_fs: 16_000,
    is_speaking: true,
    chunk_size: CHUNK_SIZE,
    chunk_interval: CHUNK_INTERVAL,
    itn,
    // A string that contains JSON, as documented.
    ...(hotWords && { hotwords: JSON.stringify(hotWords) }),
    ...(language !== undefined && { svs_lang: language }),
  });
}

/** Ends the audio. The Python server acknowledges it because of `is_end`, which the C++ server ignores. */
export const END_MESSAGE: string = JSON.stringify({ is_speaking: false, is_end: true });

/**
 * Reads a message of the server.
 * @throws {FunAsrError} `E_PROTOCOL`: a message that is skipped might be the text of a sentence.
 */
export function readRuntimeMessage(message: string): RuntimeMessage {
  const fields = parse(message);
  const text = fields['text'] ?? '';
  if (typeof text !== 'string') throw unreadable(message);
  const { mode, is_final: isFinal, is_end: isEnd, error } = fields;
  return {
    mode: typeof mode === 'string' ? mode : '',
    text: withoutTags(text),
    stamps: stampsOf(fields),
    isFinal: typeof isFinal === 'boolean' ? isFinal : undefined,
    isEnd: isEnd === true,
    error: typeof error === 'string' ? error : undefined,
    server: serverOf(fields),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(message: string): Fields {
  try {
    const parsed: unknown = JSON.parse(message);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Fields;
  } catch {
    // The error below names the message.
  }
  throw unreadable(message);
}

function unreadable(message: string): FunAsrError {
  const start = message.length > 80 ? `${message.slice(0, 80)}…` : message;
  return new FunAsrError('E_PROTOCOL', `the FunASR server sent a message that cannot be read: ${start}`, {
    retryable: true,
    hint: 'Check that the base URL is that of a FunASR runtime server.',
  });
}

/** SenseVoice writes language, emotion and events as tags before the text. */
function withoutTags(text: string): string {
  return text.replaceAll(/<\|[^<>|]*\|>/g, '').trim();
}

/**
 * Reads the times: of `timestamp`, else of `stamp_sents`. The C++ server writes `timestamp` as a string that contains JSON,
 * and as a number, the time of the connection, when it has none; the Python server writes an array.
 */
function stampsOf({ timestamp, stamp_sents: sentences }: Fields): readonly Stamp[] {
  if (typeof timestamp === 'string') return pairsIn(timestamp);
  if (Array.isArray(timestamp)) return pairsIn(JSON.stringify(timestamp));
  const lists = Array.isArray(sentences)
    ? sentences.map((sentence: Fields | null) => sentence?.['ts_list'])
    : [];
  return pairsIn(JSON.stringify(lists));
}

function pairsIn(json: string): Stamp[] {
  return [...json.matchAll(/\[\s*(\d{1,10})\s*,\s*(\d{1,10})\s*\]/g)].map(([, begin, end]) => [
    Number(begin),
    Number(end),
  ]);
}

/** Fields that only one of the servers sends. */
function serverOf(fields: Fields): RuntimeMessage['server'] {
  if ('spk_name' in fields || 'is_end' in fields) return 'python';
  const { timestamp } = fields;
  const isTimed = typeof timestamp === 'string' || typeof timestamp === 'number';
  return isTimed || 'stamp_sents' in fields || 'slice_type' in fields ? 'runtime' : undefined;
}
