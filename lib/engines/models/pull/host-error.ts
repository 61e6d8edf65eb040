/** A model host that did not send a file. The next host may. */
export class HostError extends Error {
  /**
   * Whether the connection broke while the file was sent: the same host may send the rest.
   */
  readonly isBroken: boolean;

  constructor(reason: string, details: { readonly cause?: unknown; readonly isBroken?: boolean } = {}) {
    super(reason, details.cause === undefined ? undefined : { cause: details.cause });
    this.isBroken = details.isBroken ?? false;
  }
}

/** More of an unexpected answer is not read. */
export const MAX_BEGINNING_BYTES = 512;
/** At most this much of an unexpected answer is shown. */
const SHOWN_CHARACTERS = 60;

/** The first bytes of an answer, as text for a message: `, which begins with "<!DOCTYPE html>"`. */
export function beginningOf(bytes: Buffer): string {
  const text = bytes
    .toString('utf8')
    // The last character may be cut.
    .replace(/�$/, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu, ' ')
    .trim();
  // Binary data gives no readable text.
  if (text === '' || text.includes('�')) return '';
  return `, which begins with "${text.slice(0, SHOWN_CHARACTERS)}${text.length > SHOWN_CHARACTERS ? '…' : ''}"`;
}

/** Formats a number of bytes: `1,234 bytes`. */
export function formatBytes(bytes: number): string {
  return `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`;
}
