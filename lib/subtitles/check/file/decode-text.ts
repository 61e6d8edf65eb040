import type { Problem } from './subtitle-file.ts';

/** The text of a file. */
export interface DecodedText {
  /** Without a byte order mark; undefined when the bytes are not text in a known encoding. */
  readonly text: string | undefined;
  readonly hasBom: boolean;
  readonly problems: readonly Problem[];
}

const NOT_UTF8 = 'the bytes are not valid UTF-8; convert the file first, for example with iconv';

/**
 * Decodes the bytes of a file. UTF-8 is valid, with or without a byte order mark. UTF-16 is decoded and reported when a byte
 * order mark or an arrow between times shows it. No other encoding is guessed, because a wrong guess changes the words.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const utf16 = utf16Of(bytes);
  if (utf16) {
    const problem = encodingProblem(1, utf16, 'the encoding is UTF-16, must be UTF-8', false);
    const { text, hasBom } = decoded(utf16, bytes) ?? { text: undefined, hasBom: true };
    return { text, hasBom, problems: [problem, ...nulProblems(text ?? '')] };
  }
  const result = decoded('utf-8', bytes);
  if (!result) {
    const line = lineOfInvalidByte(bytes);
    const problem = encodingProblem(line, 'unknown', NOT_UTF8, true);
    return { text: undefined, hasBom: false, problems: [problem] };
  }
  return { ...result, problems: nulProblems(result.text) };
}

/** An arrow in little-endian UTF-16. In big-endian UTF-16 it begins at an odd place, because each zero byte comes first. */
const ARROW = Buffer.from('-->', 'utf16le');

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(ARROW);
  if (at < 0) return undefined;
  return at % 2 === 0 ? 'utf-16le' : 'utf-16be';
}

function decoded(encoding: string, bytes: Uint8Array): { text: string; hasBom: boolean } | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    const hasBom = text.startsWith('\uFEFF');
    return { text: hasBom ? text.slice(1) : text, hasBom };
  } catch {
    return undefined;
  }
}

/** The line with the first byte that is not UTF-8. The replacement character marks it in a decoder that does not fail. */
function lineOfInvalidByte(bytes: Uint8Array): number {
  const lines = splitLines(new TextDecoder().decode(bytes));
  return Math.max(1, lines.findIndex((line) => line.includes('\uFFFD')) + 1);
}

function nulProblems(text: string): Problem[] {
  if (!text.includes('\0')) return [];
  return splitLines(text).flatMap((line, index) =>
    line.includes('\0') ? [encodingProblem(index + 1, 'NUL', 'the line contains a NUL character', true)] : [],
  );
}

function encodingProblem(line: number, value: string, message: string, isLoss: boolean): Problem {
  return { rule: 'encoding', line, message, value, limit: 'UTF-8', isLoss };
}

/** Splits a text at LF, CRLF and CR. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** The line end of a file: CRLF when all of its lines have it, else LF. */
export function newlineOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') && !/(?<!\r)\n|\r(?!\n)/.test(text) ? '\r\n' : '\n';
}
