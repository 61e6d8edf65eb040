/** Characters that JSON allows in a string, but that other programs read as line ends and terminals as commands. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029]/g;

/** Formats a value as JSON on one line. The result is safe for programs that read lines, and for terminals. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replaceAll(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
