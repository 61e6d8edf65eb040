import { FunAsrError } from '../../core/errors.ts';
import { type FileType, fileTypeOf } from '../../media/file-type.ts';

/**
 * Identifies an input by its first bytes, and refuses a playlist, whatever its name is. FFmpeg is restricted to
 * containers that open no other files; this check comes first because its message names the reason.
 * @returns The type; undefined when it is unknown.
 * @throws {FunAsrError} `E_PLAYLIST_REFUSED`.
 */
export function checkFileType(head: Buffer, name: string): FileType | undefined {
  const type = fileTypeOf(head);
  if (type?.kind !== 'playlist') return type;
  throw new FunAsrError('E_PLAYLIST_REFUSED', `${name}: this is a playlist (${type.name}), not a recording`, {
    hint: 'Pass the recordings that it lists.',
  });
}
