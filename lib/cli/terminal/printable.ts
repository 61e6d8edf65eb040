/**
 * Escapes control characters and bidirectional formatting characters as `\x1b` or `\u202e`. Use it for all text of
 * unknown origin: a file name or a server message could otherwise move the cursor or reverse the text.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16).padStart(code < 0x100 ? 2 : 4, '0');
    return code < 0x100 ? `\\x${digits}` : `\\u${digits}`;
  });
}
