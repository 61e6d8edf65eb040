import type { Readable } from 'node:stream';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import type { Step } from '../../core/stage.ts';
import { HEAD_BYTES } from '../../media/file-type.ts';
import type { FilePiece } from '../../media/file-pieces.ts';
import type { PcmShape } from '../../media/pcm.ts';
import type { Truncation } from '../../media/truncation.ts';
import { WavStream } from '../../media/containers/wav-stream.ts';
import { checkFileType } from './check-file-type.ts';
import { inputFiles } from './input-file.ts';
import { ReadableChunks } from './readable-chunks.ts';

import { Replayable, REPLAY_BYTES } from './replayable.ts';
import { spooled } from './spool.ts';

/** What FFmpeg reads: a file that it opens itself, or on its stdin the bytes of a container or raw PCM. */
export type SourceInput =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** The part of the file to read. @default all of it */
      readonly piece?: FilePiece | undefined;
      readonly findsTracksLate?: boolean | undefined;
    }
  | {
      readonly kind: 'bytes';
      /** Whether FFmpeg knows a track only from its first data, which may come late. */
      readonly findsTracksLate?: boolean | undefined;
    }
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
  /** The same of a stream: known when all of it was read. */
  readonly streamTruncation?: (() => Truncation | undefined) | undefined;
  /** Further recordings in the same file. */
  readonly appended?: readonly AudioSource[] | undefined;
  /** Duration of the recordings before this one in the same file, in ms. @default 0 */
  readonly offsetMs?: number | undefined;
}

/** Chunks that are pulled one at a time. */
export type Chunks = AsyncIterator<Buffer, undefined>;

/** Name of a stream in messages. */
export const STREAM_NAME = 'the input stream';

/** Uses a source, and yields its results. */
export type Use<T, Result> = (source: AudioSource) => AsyncGenerator<T, Result, void>;

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
  options: SourceOptions = {},
): AsyncGenerator<T, Result, void> {
  if (typeof input === 'string') return yield* useFiles(await inputFiles(input, options.name), use, options);
  const destroy = (): void => input.destroy();
  signal.addEventListener('abort', destroy);
  try {
    if (signal.aborted) throw abortError(signal);
    const result = yield* withStreamSource(input, use, options);
    if (input.failure !== undefined) throw readFailure(input.failure, options.name);
    return result;
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    throw input.failure === undefined ? error : readFailure(input.failure, options.name);
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
  options: SourceOptions = {},
): AsyncGenerator<T, Result, void> {
  const wav = new WavStream();
  const bytes = new Replayable(through(chunks, wav), REPLAY_BYTES);
  const head = await bytes.head(HEAD_BYTES);
  const { name = STREAM_NAME } = options;
  if (head.length === 0) throw new FunAsrError('E_BAD_MEDIA', `${name}: it contains no bytes`);
  const type = checkFileType(head, name);
  const { needsSeeking, isTimed, findsTracksLate } = type ?? {};
  if (!needsSeeking) {
    const streamTruncation = (): Truncation | undefined => wav.truncation;
    return yield* use({ name, input: { kind: 'bytes', findsTracksLate }, bytes, isTimed, streamTruncation });
  }
  return yield* spooled(bytes, async function* (path) {
    return yield* useFiles(await inputFiles(path, name), use, options);
  });
}

/** Passes each chunk through a step, and at the end what the step still holds. */
async function* through(chunks: Chunks, step: Step<Buffer, Buffer>): AsyncGenerator<Buffer, undefined, void> {
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield* step.feed(next.value);
  yield* step.end();
  return undefined;
}

/** Options of a source. */
export interface SourceOptions {
  /** Name of the recording in messages. @default its path, or {@link STREAM_NAME} */
  readonly name?: string | undefined;
  /**
   * How a file is used that contains several recordings, which were appended to each other. `each`: one after the
   * other. `together`: the first one, which has the others as `appended`.
   * @default 'each'
   */
  readonly pieces?: 'each' | 'together' | undefined;
}

/** @returns The result of the last one. */
async function* useFiles<T, Result>(
  [first, ...others]: readonly [AudioSource, ...AudioSource[]],
  use: Use<T, Result>,
  { pieces = 'each' }: SourceOptions,
): AsyncGenerator<T, Result, void> {
  if (pieces === 'together') return yield* use({ ...first, appended: others });
  let result = yield* use(first);
  for (const source of others) result = yield* use(source);
  return result;
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

function readFailure(error: unknown, name: string = STREAM_NAME): unknown {
  if (error instanceof FunAsrError) return error;
  return new FunAsrError('E_READ', `${name} failed: ${messageOf(error)}`, { cause: error });
}
