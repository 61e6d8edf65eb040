import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';

/** Not in here: `.ts`, which is more often a program than a video. Its content tells. */
const EXTENSIONS = new Set(
  (
    'aac ac3 aif aifc aiff alac amr ape asf au avi awb caf dts eac3 flac flv m2ts m4a m4b m4v mka mkv mov mp2 ' +
    'mp3 mp4 mpeg mpg mts oga ogg ogv opus snd spx tta voc w64 wav weba webm wma wmv 3g2 3gp'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);

/**
 * Whether a file that was not named, but found in a folder, is taken for a recording: by its extension, else by
 * how its content begins.
 */
export async function holdsAudio(path: string): Promise<boolean> {
  if (EXTENSIONS.has(extname(path).toLowerCase())) return true;
  const head = await headOf(path);
  return PREFIXES.some((prefix) => head.startsWith(prefix)) || PATTERNS.some((pattern) => pattern.test(head));
}

/** What containers and raw streams that carry sound begin with, each byte as one character. */
const PREFIXES: readonly string[] = [
  'OggS',
  'fLaC',
  'ID3',
  'caff',
  '.snd',
  '#!AMR',
  // Matroska and WebM
  '\x1a\x45\xdf\xa3',
  // Windows Media
  '\x30\x26\xb2\x75\x8e\x66\xcf\x11',
];

const PATTERNS: readonly RegExp[] = [
  /^RIFF.{4}(?:WAVE|AVI )/s,
  /^FORM.{4}AIF[FC]/s,
  // MP4 and its relatives, pictures of the same family (HEIF, AVIF) not
  /^.{4}ftyp(?!hei|hev|mif|msf|avi)/s,
  // Frames of MP3 and of AAC that have no header before them
  /^\xff[\xfb\xfa\xf3\xf2\xf1\xf0\xf9\xf8]/,
];

async function headOf(path: string): Promise<string> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    // What cannot be read is no recording that anybody asked for by name.
    return '';
  }
}
