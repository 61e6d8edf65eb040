import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FunAsrError, messageOf, systemCode } from '../errors.ts';
import { refusePlaylist, SNIFF_BYTES } from './sniff.ts';
import { type WavShortfall, wavShortfall } from './wav-shortfall.ts';

/** A file that FFmpeg may open. */
export interface Recording {
  /** Absolute. */
  readonly path: string;
  /** As the caller named it. */
  readonly name: string;
  /** Set when it is a WAV that was cut off. */
  readonly shortfall: WavShortfall | undefined;
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
  const { head, fileBytes } = await look(path, name);
  refusePlaylist(head, name);
  return { path, name, shortfall: wavShortfall(head, fileBytes) };
}

async function look(path: string, name: string): Promise<{ head: Buffer; fileBytes: number }> {
  try {
    // The look and the reading are one open file: nobody can put a FIFO in its place between the two.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new FunAsrError('E_READ', `${name}: it is not a regular file`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
      if (bytesRead === 0) throw new FunAsrError('E_BAD_MEDIA', `${name}: the file is empty`);
      return { head: buffer.subarray(0, bytesRead), fileBytes: stat.size };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof FunAsrError) throw error;
    throw new FunAsrError('E_READ', `${name}: ${REASONS[systemCode(error) ?? ''] ?? messageOf(error)}`, {
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
  ENXIO: 'it is not a regular file',
};
