/** An API key that must not appear in any output. */
export const CANARY = 'sk-canary5f1d0c3b8a7e9642';

/** Characters of the key in a row that count as a leak. */
const LEAK_LENGTH = 10;
const CONTEXT_LENGTH = 30;

/**
 * Finds the canary, or a part of it, in a text: as plain text, in base64 (headers), or as hexadecimal or decimal bytes
 * (printed buffers). Returns each match with its context; an empty list means no leak.
 */
export function leaks(text: string): string[] {
  return [...text.matchAll(ENCODINGS)].map(({ index, 0: match }) =>
    text.slice(Math.max(0, index - CONTEXT_LENGTH), index + match.length + CONTEXT_LENGTH),
  );
}

const secret = CANARY.slice('sk-'.length);
const parts = Array.from({ length: secret.length - LEAK_LENGTH + 1 }, (_, at) =>
  secret.slice(at, at + LEAK_LENGTH),
);
const bytes = [...Buffer.from(secret.slice(0, LEAK_LENGTH))];
// The text before the key shifts the groups of three bytes. The first and the last group also contain other bytes.
const base64 = [0, 1, 2].map((shift) =>
  Buffer.from('x'.repeat(shift) + secret)
    .toString('base64')
    .slice(4, 4 + LEAK_LENGTH),
);
const hexadecimal = bytes.map((byte) => byte.toString(16)).join(' ?');
const decimal = bytes.join(',\\s*');

const ENCODINGS = new RegExp([...parts, ...base64, hexadecimal, decimal].join('|'), 'g');
