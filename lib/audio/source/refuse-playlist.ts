import { FunAsrError } from '../../core/errors.ts';
import { fileTypeOf } from '../../media/file-type.ts';

/**
 * Refuses a playlist by its first bytes, whatever its name is. FFmpeg is restricted to containers that open no
 * other files; this check comes first because its message names the reason.
 * @throws {FunAsrError} `E_PLAYLIST_REFUSED`.
 */
export function refusePlaylist(head: Buffer, name: string): void {
  const type = fileTypeOf(head);
  if (type?.kind !== 'playlist') return;
  throw new FunAsrError('E_PLAYLIST_REFUSED', `${name}: this is a playlist (${type.name}), not a recording`, {
    hint: 'Pass the recordings that it lists.',
  });
}
