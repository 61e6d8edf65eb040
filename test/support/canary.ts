/** A key that must be found nowhere. */
export const CANARY = 'sk-canary5f1d0c3b8a7e9642';

/** As much of the key in a row as nobody may see. */
const TELLING = 10;
const SURROUNDINGS = 30;

/**
 * Where some text shows the canary, or a part of it, as it is or in the disguises in which keys leave programs: base64
 * of headers, hexadecimal and decimal bytes of buffers. Gives what stands around such places; none is right.
 */
export function leaks(text: string): string[] {
  return [...text.matchAll(DISGUISES)].map(({ index, 0: disguise }) =>
    text.slice(Math.max(0, index - SURROUNDINGS), index + disguise.length + SURROUNDINGS),
  );
}

const secret = CANARY.slice('sk-'.length);
const parts = Array.from({ length: secret.length - TELLING + 1 }, (_, at) => secret.slice(at, at + TELLING));
const bytes = [...Buffer.from(secret.slice(0, TELLING))];
// Whatever stands before it shifts the groups of three; the first group and the last are not the key's alone.
const base64 = [0, 1, 2].map((shift) =>
  Buffer.from('x'.repeat(shift) + secret)
    .toString('base64')
    .slice(4, 4 + TELLING),
);
const hexadecimal = bytes.map((byte) => byte.toString(16)).join(' ?');
const decimal = bytes.join(',\\s*');

const DISGUISES = new RegExp([...parts, ...base64, hexadecimal, decimal].join('|'), 'g');
