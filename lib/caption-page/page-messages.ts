import { parseUntrustedJson } from '../protocol/messages/untrusted-json.ts';
import type { FinalSentence } from '../sentence.ts';

/** Size of the block of lines on a screen. */
export interface ScreenSize {
  readonly lines: number;
  /** In half-width units. */
  readonly width: number;
}

/** What a page sends. Audio is sent as binary messages. */
export type PageMessage =
  /** The page has a microphone. `secret` identifies its session; `sentenceId` is the last final sentence that it has. */
  | ({ readonly type: 'source'; readonly secret: string; readonly sentenceId: number } & ScreenSize)
  /** The page shows a session: the current one if none is named. */
  | ({ readonly type: 'view'; readonly session?: string } & ScreenSize)
  /** Audio follows, which begins at this time of the session. `language` is the one that the user has chosen. */
  | { readonly type: 'audio'; readonly positionMs: number; readonly language?: string }
  /** The audio has ended. */
  | { readonly type: 'stop' }
  /** The screen has another size. */
  | ({ readonly type: 'size' } & ScreenSize);

/** What a page receives. */
export type ServerMessage =
  /**
   * Names the session. A source receives it after the sentences that it lacks, a viewer before all that are kept. A viewer
   * that follows the current session receives it again when another one becomes current.
   */
  | { readonly type: 'ready'; readonly session: string }
  | { readonly type: 'sentence'; readonly sentence: FinalSentence }
  | { readonly type: 'caption'; readonly lines: readonly string[] }
  /** All audio is recognised. */
  | { readonly type: 'ended' }
  /** The recognition has failed. The page keeps the audio. */
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly hint?: string | undefined;
      readonly retryable: boolean;
    }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | { readonly type: 'alive' };

/** Longest session in ms: a year. */
const MAX_POSITION_MS = 366 * 86_400_000;

/** Reads a text message of a page; undefined when it is not valid. */
export function parsePageMessage(json: string): PageMessage | undefined {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = Object(parseUntrustedJson(json)) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { type, secret, session, sentenceId, positionMs, language, lines, width } = fields;
  const hasSize = isInteger(lines, 1, 4) && isInteger(width, 10, 200);
  const size = { lines: Number(lines), width: Number(width) };
  if (type === 'source' && hasSize && isName(secret) && isInteger(sentenceId, 0, Number.MAX_SAFE_INTEGER)) {
    return { type, secret, sentenceId: Number(sentenceId), ...size };
  }
  if (type === 'view' && hasSize && (session === undefined || isName(session))) {
    return { type, ...(session !== undefined && { session }), ...size };
  }
  if (type === 'audio' && isInteger(positionMs, 0, MAX_POSITION_MS)) {
    if (language === undefined) return { type, positionMs: Number(positionMs) };
    return isLanguage(language) ? { type, positionMs: Number(positionMs), language } : undefined;
  }
  if (type === 'stop') return { type };
  if (type === 'size' && hasSize) return { type, ...size };
  return undefined;
}

function isInteger(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

/** An ISO 639 code. */
function isLanguage(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z]{2,3}$/.test(value);
}

/** 128 bits as hexadecimal digits. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}
