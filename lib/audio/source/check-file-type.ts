import { FunAsrError } from '../../core/errors.ts';
import { type FileType, fileTypeOf } from '../../media/file-type.ts';

/**
 * Identifies an input by its first bytes, and refuses a playlist or a text, whatever its name is. FFmpeg is restricted to
 * containers that open no other files; this check comes first because its message names the reason.
 * @returns The type; undefined when it is unknown.
 * @throws {FunAsrError} `E_PLAYLIST_REFUSED`; `E_BAD_MEDIA` for a text, and for a format that is not decoded.
 */
export function checkFileType(head: Buffer, name: string): FileType | undefined {
  const type = fileTypeOf(head);
  if (type?.kind === 'unsupported') throw unsupported(name, type.name);
  if (type === undefined && isText(head)) throw textFile(name);
  if (type?.kind !== 'playlist') return type;
  throw new FunAsrError('E_PLAYLIST_REFUSED', `${name}: this is a playlist (${type.name}), not a recording`, {
    hint: 'Pass the recordings that it lists.',
  });
}

/** The error for a recording in a known format that is not decoded. */
function unsupported(name: string, format: string): FunAsrError {
  return new FunAsrError('E_BAD_MEDIA', `${name}: not a format that this program accepts: ${format}`, {
    hint: 'Convert it to WAV or MP3 first.',
  });
}

function textFile(name: string): FunAsrError {
  return new FunAsrError('E_BAD_MEDIA', `${name}: contains no audio: it is a text file`, {
    hint: 'Check that it is the right file, and that its download or copy has not failed.',
  });
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
