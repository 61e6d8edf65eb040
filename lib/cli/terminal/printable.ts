/**
 * Makes text of unknown origin safe to show: file names and messages of servers may hold control characters
 * that move the cursor, or marks that turn the direction of writing. They are shown as what they are.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16).padStart(code < 0x100 ? 2 : 4, '0');
    return code < 0x100 ? `\\x${digits}` : `\\u${digits}`;
  });
}
