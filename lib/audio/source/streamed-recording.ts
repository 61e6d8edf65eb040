import { FunAsrError } from '../../core/errors.ts';
import type { FfmpegInput } from '../ffmpeg/ffmpeg-arguments.ts';
import { Replayable, REPLAY_BYTES } from './replayable.ts';
import { fileTypeOf, HEAD_BYTES } from '../../media/file-type.ts';
import { refusePlaylist } from './refuse-playlist.ts';
import { spooled } from './spool.ts';

/** What FFmpeg is given of a recording that comes as a stream: bytes for its stdin, or a file. */
export interface StreamedInput {
  readonly input: FfmpegInput;
  /** What goes into stdin, unless the input is a file. */
  readonly bytes?: Replayable;
}

/** Such an input in messages. */
export const STREAM_NAME = 'the input stream';

/**
 * Looks at the first bytes of a recording that comes as a stream, and lends it to FFmpeg: as it arrives, or, when
 * its container needs seeking, as a temporary file.
 * @throws {FunAsrError} `E_BAD_MEDIA` when it is empty, `E_PLAYLIST_REFUSED`, `E_DISK_FULL`, `E_WRITE`.
 */
export async function* streamedRecording<T>(
  source: AsyncIterator<Buffer, undefined>,
  use: (streamed: StreamedInput) => AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
  const bytes = new Replayable(source, REPLAY_BYTES);
  const head = await bytes.head(HEAD_BYTES);
  if (head.length === 0) throw new FunAsrError('E_BAD_MEDIA', `${STREAM_NAME}: it is empty`);
  refusePlaylist(head, STREAM_NAME);
  if (fileTypeOf(head)?.needsSeeking) yield* spooled(bytes, (path) => use({ input: { kind: 'file', path } }));
  else yield* use({ input: { kind: 'bytes' }, bytes });
}
