import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileTypeOf, HEAD_BYTES } from '../../media/file-type.ts';

/** Without `.ts`, which is a program more often than a video: those are identified by their content. */
const EXTENSIONS = new Set(
  (
    'aac ac3 aif aifc aiff alac amr ape asf au avi awb caf dts eac3 flac flv m2ts m4a m4b m4v mka mkv mov mp2 ' +
    'mp3 mp4 mpeg mpg mts oga ogg ogv opus snd spx tta voc w64 wav weba webm wma wmv 3g2 3gp'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);

/** Whether a file of a folder is a recording: decided by its extension, or by its first bytes. */
export async function isAudioFile(path: string): Promise<boolean> {
  if (EXTENSIONS.has(extname(path).toLowerCase())) return true;
  const type = fileTypeOf(await headOf(path));
  return type?.kind === 'media' && type.guess !== 'box';
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
    // The user did not name this file, so it is ignored when it cannot be read.
    return Buffer.alloc(0);
  }
}
