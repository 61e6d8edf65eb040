import type { Readable } from 'node:stream';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { HEAD_BYTES } from '../../media/file-type.ts';
import type { PcmShape } from '../../media/pcm.ts';
import type { Truncation } from '../../media/truncation.ts';
import { checkFileType } from './check-file-type.ts';
import { openInputFile } from './input-file.ts';
import { ReadableChunks } from './readable-chunks.ts';

import { Replayable, REPLAY_BYTES } from './replayable.ts';
import { spooled } from './spool.ts';

/** What FFmpeg reads: a file that it opens itself, or on its stdin the bytes of a container or raw PCM. */
export type SourceInput =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'pcm'; readonly shape: PcmShape };

/** One input of FFmpeg. */
export interface AudioSource {
  /** Name for messages. */
  readonly name: string;
  readonly input: SourceInput;
  /** The bytes for stdin, unless the input is a file. */
  readonly bytes?: Replayable | undefined;
  /** Whether its container has timestamps, which may have gaps. */
  readonly isTimed?: boolean | undefined;
  /** How a file was cut off, by its own bytes. */
  readonly truncation?: Truncation | undefined;
}

/** Chunks that are pulled one at a time. */
export type Chunks = AsyncIterator<Buffer, undefined>;

/** Name of a stream in messages. */
export const STREAM_NAME = 'the input stream';

/** Uses a source, and yields its results. */
type Use<T, Result> = (source: AudioSource) => AsyncGenerator<T, Result, void>;

/** Path of a file, or the bytes of one. */
export type AudioInput = string | ReadableChunks;

/** @param input Path of a file, or a stream of the bytes of one. */
export function audioInput(input: string | Readable): AudioInput {
  return typeof input === 'string' ? input : new ReadableChunks(input);
}

/**
 * Opens a recording for FFmpeg, for as long as `use` runs. A stream is destroyed at the end, and by the signal.
 * @throws {FunAsrError} what {@link openInputFile} and {@link withStreamSource} throw; `E_READ` when a stream
 * fails, after everything that was made of its bytes before.
 */
export async function* withSource<T, Result>(
  input: AudioInput,
  signal: AbortSignal,
  use: Use<T, Result>,
): AsyncGenerator<T, Result, void> {
  if (typeof input === 'string') return yield* use(await openInputFile(input));
  const destroy = (): void => input.destroy();
  signal.addEventListener('abort', destroy);
  try {
    if (signal.aborted) throw abortError(signal);
    const result = yield* withStreamSource(input, use);
    if (input.failure !== undefined) throw readFailure(input.failure);
    return result;
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    throw input.failure === undefined ? error : readFailure(input.failure);
  } finally {
    signal.removeEventListener('abort', destroy);
    destroy();
  }
}

/**
 * Makes a source of the bytes of a recording, for as long as `use` runs: they go to FFmpeg as they arrive, or, when
 * their container needs seeking, through a temporary file.
 * @throws {FunAsrError} `E_BAD_MEDIA` when there are no bytes, `E_PLAYLIST_REFUSED`, `E_DISK_FULL`, `E_WRITE`.
 */
export async function* withStreamSource<T, Result>(
  chunks: Chunks,
  use: Use<T, Result>,
): AsyncGenerator<T, Result, void> {
  const bytes = new Replayable(chunks, REPLAY_BYTES);
  const head = await bytes.head(HEAD_BYTES);
  const name = STREAM_NAME;
  if (head.length === 0) throw new FunAsrError('E_BAD_MEDIA', `${name}: it contains no bytes`);
  const type = checkFileType(head, name);
  const { needsSeeking, isTimed } = type ?? {};
  if (!needsSeeking) return yield* use({ name, input: { kind: 'bytes' }, bytes, isTimed });
  return yield* spooled(bytes, (path) => use({ name, input: { kind: 'file', path }, isTimed }));
}

/** Makes a source of raw PCM. */
export function pcmSource(bytes: Replayable, shape: PcmShape): AudioSource {
  return { name: STREAM_NAME, input: { kind: 'pcm', shape }, bytes };
}

/** The error of an aborted operation, as Node's own streams have it. */
export function abortError({ reason }: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

function readFailure(error: unknown): unknown {
  if (error instanceof FunAsrError) return error;
  return new FunAsrError('E_READ', `${STREAM_NAME} failed: ${messageOf(error)}`, { cause: error });
}
