import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileTypeOf, HEAD_BYTES } from '../../media/file-type.ts';

/** Without `.ts`, which is a program more often than a video: those are identified by their content. */
const EXTENSIONS = new Set(
  (
    'aac ac3 aif aifc aiff alac amr ape asf au avi awb caf dts eac3 flac flv m2ts m4a m4b m4v mka mkv mov mp2 ' +
    'mp3 mp4 mpeg mpg mts mxf oga ogg ogv opus snd spx tta vob voc w64 wav weba webm wma wmv wv 3g2 3gp'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);

/** What a file that was found in a folder is. */
export type FolderEntry =
  /** A recording: by its extension, or by its first bytes. */
  | { readonly kind: 'recording' | 'other' }
  /** A recording in a format that is not decoded, whatever its extension is. */
  | { readonly kind: 'unsupported'; readonly format: string };

/** Examines a file that was found in a folder. */
export async function examineEntry(path: string): Promise<FolderEntry> {
  const type = fileTypeOf(await headOf(path));
  if (type?.kind === 'unsupported') return { kind: 'unsupported', format: type.name };
  const isMedia = type?.kind === 'media' && type.guess !== 'box';
  return { kind: isMedia || EXTENSIONS.has(extname(path).toLowerCase()) ? 'recording' : 'other' };
}

async function headOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    // Nobody named this file: an unreadable one is ignored.
    return Buffer.alloc(0);
  }
}
