import { FunAsrError } from '../../core/errors.ts';
import { type FileType, fileTypeOf } from '../../media/file-type.ts';

/**
 * Identifies an input by its first bytes, and refuses a playlist or a text, whatever its name is. FFmpeg is restricted to
 * containers that open no other files; this check comes first because its message names the reason.
 * @returns The type; undefined when it is unknown.
 * @throws {FunAsrError} `E_PLAYLIST_REFUSED`, `E_BAD_MEDIA`.
 */
export function checkFileType(head: Buffer, name: string): FileType | undefined {
  const type = fileTypeOf(head);
  if (type?.kind === 'playlist') {
    throw new FunAsrError(
      'E_PLAYLIST_REFUSED',
      `${name}: this is a playlist (${type.name}), not a recording`,
      {
        hint: 'Pass the recordings that it lists.',
      },
    );
  }
  if (type === undefined && isText(head)) {
    throw new FunAsrError('E_BAD_MEDIA', `${name}: contains no audio: it is a text file`, {
      hint: 'Check that it is the right file, and that its download or copy has not failed.',
    });
  }
  return type;
}

/** Whether bytes are UTF-8 text without control characters. The last character may be cut off. */
function isText(head: Buffer): boolean {
  if (head.length === 0) return false;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return !/[^\P{Cc}\t\n\r\f]/u.test(text);
  } catch {
    return false;
  }
}
