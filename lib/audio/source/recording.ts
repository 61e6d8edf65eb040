import { constants } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { HEAD_BYTES } from '../../media/file-type.ts';
import { TAIL_BYTES, type Truncation, truncationOf } from '../../media/truncation.ts';
import { refusePlaylist } from './refuse-playlist.ts';

/** A file that FFmpeg may open. */
export interface Recording {
  /** Absolute. */
  readonly path: string;
  /** As the caller named it. */
  readonly name: string;
  /** Set when its bytes tell that it was cut off. */
  readonly truncation: Truncation | undefined;
}

/**
 * Looks at a file before FFmpeg does: it must be a regular one, not empty, and no playlist. Never blocks on a
 * FIFO or a device.
 * @throws {FunAsrError} `E_URL_REFUSED`, `E_READ`, `E_BAD_MEDIA`, `E_PLAYLIST_REFUSED`.
 */
export async function openRecording(name: string): Promise<Recording> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) {
    throw new FunAsrError('E_URL_REFUSED', `${name}: URLs are not opened, only files`, {
      hint: 'Download it first, or pipe its bytes in.',
    });
  }
  const path = resolve(name);
  const { head, tail, fileBytes } = await look(path, name);
  refusePlaylist(head, name);
  return { path, name, truncation: truncationOf(head, tail, fileBytes) };
}

interface Look {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly fileBytes: number;
}

async function look(path: string, name: string): Promise<Look> {
  try {
    // The look and the reading are one open file: nobody can put a FIFO in its place between the two.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unreadable(name, NOT_REGULAR);
      const head = await bytesAt(file, 0, HEAD_BYTES);
      if (head.length === 0) {
        throw new FunAsrError('E_BAD_MEDIA', `${name}: the file is empty`, {
          hint: 'Record or copy it again: there is nothing in it.',
        });
      }
      const tail = await bytesAt(file, Math.max(0, stat.size - TAIL_BYTES), TAIL_BYTES);
      return { head, tail, fileBytes: stat.size };
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
  return REASONS[code] ?? { reason: messageOf(error) };
}

const MISSING: Unreadable = {
  reason: 'there is no such file',
  hint: 'Check its name, and the folder that the name is seen from.',
};
const BROKEN_LINK: Unreadable = {
  reason: 'it is a link that leads to no file',
  hint: 'Mend the link, or remove it.',
};
const FORBIDDEN: Unreadable = {
  reason: 'reading it is not permitted',
  hint: 'Let its owner give you the right to read it.',
};
const NOT_REGULAR: Unreadable = {
  reason: 'it is not a regular file',
  hint: 'Only files are opened: pipe the bytes of anything else in.',
};

const REASONS: Readonly<Record<string, Unreadable>> = {
  ENOENT: MISSING,
  ENOTDIR: MISSING,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  ELOOP: BROKEN_LINK,
  ENXIO: NOT_REGULAR,
};
