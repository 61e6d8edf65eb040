import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { type FilePiece, filePieces } from '../../media/file-pieces.ts';
import { HEAD_BYTES } from '../../media/file-type.ts';
import { TAIL_BYTES, type Truncation, truncationOf } from '../../media/truncation.ts';
import { checkFileType } from './check-file-type.ts';

/** A file that FFmpeg may open: a source of its own. */
export interface InputFile {
  /** The path as the caller gave it, for messages. */
  readonly name: string;
  readonly input: {
    readonly kind: 'file';
    /** Absolute. */
    readonly path: string;
    readonly piece?: FilePiece | undefined;
    readonly findsTracksLate?: boolean | undefined;
  };
  readonly isTimed: boolean | undefined;
  readonly truncation: Truncation | undefined;
}

/**
 * Checks a file before FFmpeg opens it: it must be a regular file, not empty, and not a playlist. Never waits for
 * the writer of a FIFO, or for a device.
 * @returns The file; its first recording, if several were appended to each other.
 * @throws {FunAsrError} `E_URL_REFUSED`, `E_READ`, `E_BAD_MEDIA`, `E_PLAYLIST_REFUSED`.
 */
export async function openInputFile(file: string): Promise<InputFile> {
  const [first] = await inputFiles(file);
  return first;
}

/**
 * Checks a file as {@link openInputFile} does.
 * @param name Its name in messages.
 * @returns Each recording that it contains.
 * @throws {FunAsrError} as {@link openInputFile}.
 */
export async function inputFiles(file: string, name: string = file): Promise<[InputFile, ...InputFile[]]> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) {
    throw new FunAsrError('E_URL_REFUSED', `${name}: URLs are not opened, only files`, {
      hint: 'Download it first, or pipe its bytes in.',
    });
  }
  const path = await ownPath(resolve(file));
  const { head, tail, fileBytes, pieces } = await examine(path, name);
  const { isTimed, findsTracksLate } = checkFileType(head, name) ?? {};
  const [first, ...others] = pieces;
  const isWhole = others.length === 0 && !first?.isStale;
  const truncation = truncationOf(head, tail, fileBytes);
  const whole = {
    name,
    input: { kind: 'file', path, piece: isWhole ? undefined : first, findsTracksLate },
    isTimed,
    truncation,
  } as const;
  return [
    whole,
    ...others.map((piece) => ({ ...whole, input: { ...whole.input, piece }, truncation: undefined })),
  ];
}

/** `/dev/stdin` and its kin lead to another file in FFmpeg than here. */
async function ownPath(path: string): Promise<string> {
  return /^\/(?:dev|proc)\//.test(path) ? await realpath(path).catch(() => path) : path;
}

interface FileContent {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly fileBytes: number;
  readonly pieces: readonly FilePiece[];
}

async function examine(path: string, name: string): Promise<FileContent> {
  try {
    // The check and the read use one open file, so that it cannot be replaced by a FIFO between them.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unreadable(name, NOT_REGULAR);
      const head = await bytesAt(file, 0, HEAD_BYTES);
      if (head.length === 0) {
        throw new FunAsrError('E_BAD_MEDIA', `${name}: the file is empty`, {
          hint: 'Record or copy it again.',
        });
      }
      const tail = await bytesAt(file, Math.max(0, stat.size - TAIL_BYTES), TAIL_BYTES);
      const pieces = await filePieces((position, length) => bytesAt(file, position, length), stat.size);
      return { head, tail, fileBytes: stat.size, pieces };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof FunAsrError) throw error;
    throw unreadable(name, await reasonOf(error, path), error);
  }
}

interface Unreadable {
  readonly reason: string;
  readonly hint?: string;
}

function unreadable(name: string, { reason, hint }: Unreadable, cause?: unknown): FunAsrError {
  return new FunAsrError('E_READ', `${name}: ${reason}`, { hint, cause });
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function reasonOf(error: unknown, path: string): Promise<Unreadable> {
  const code = systemCode(error) ?? '';
  const isLink = await readlink(path).then(Boolean, () => false);
  if (isLink && code === 'ENOENT') return BROKEN_LINK;
  // Node replaces bytes of a name that are not UTF-8, so that the name does not lead to the file.
  if (code === 'ENOENT' && path.includes('\ufffd')) return BAD_NAME;
  return REASONS[code] ?? { reason: messageOf(error) };
}

const MISSING: Unreadable = {
  reason: 'no such file',
  hint: 'Check the name, and the folder that it is relative to.',
};
const BAD_NAME: Unreadable = {
  reason: 'its name is not valid UTF-8, and cannot be used to open it',
  hint: 'Rename it; convmv converts the names of a whole folder, for example from GBK.',
};
const BROKEN_LINK: Unreadable = {
  reason: 'the symbolic link points to no file',
  hint: 'Correct the link, or remove it.',
};
const FORBIDDEN: Unreadable = {
  reason: 'permission denied',
  hint: 'Ask the owner of the file for permission to read it.',
};
const NOT_REGULAR: Unreadable = {
  reason: 'not a regular file',
  hint: 'Only regular files are opened: pipe the bytes of anything else in.',
};

const REASONS: Readonly<Record<string, Unreadable>> = {
  ENOENT: MISSING,
  ENOTDIR: MISSING,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  ELOOP: BROKEN_LINK,
  ENXIO: NOT_REGULAR,
};
