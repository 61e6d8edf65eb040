/** What JSON allows inside a string, while others take it for a line end, and terminals for a command. */
const NOT_PLAIN = /[\u007f-\u009f\u2028\u2029]/g;

/** A value as JSON on one line, for any reader of lines and any terminal. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replaceAll(
    NOT_PLAIN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
