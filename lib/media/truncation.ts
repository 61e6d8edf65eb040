import { isOgg, lacksLastOggPage, MAX_OGG_PAGE_BYTES } from './containers/ogg.ts';
import { wavData } from './containers/wav.ts';

/** How a file was cut off, for the cases that FFmpeg does not report. */
export type Truncation =
  /** A WAV file with fewer bytes of audio than its header states. FFmpeg corrects the length by the file size. */
  | { readonly kind: 'missing bytes'; readonly statedBytes: number; readonly presentBytes: number }
  /** An Ogg file without the page that is marked as the last one. */
  | { readonly kind: 'no last page' }
  /** A further recording in the same stream, in another format. */
  | { readonly kind: 'other format' };

/** Bytes at the end of a file that {@link truncationOf} needs. */
export const TAIL_BYTES: number = MAX_OGG_PAGE_BYTES;

/**
 * Whether a file was cut off, by its own bytes.
 * @param head Its first bytes. @param tail Its last {@link TAIL_BYTES}.
 */
export function truncationOf(head: Buffer, tail: Buffer, fileBytes: number): Truncation | undefined {
  if (isOgg(head)) return lacksLastOggPage(tail) ? { kind: 'no last page' } : undefined;
  const data = wavData(head);
  const presentBytes = fileBytes - (data?.offset ?? 0);
  return data && presentBytes < data.bytes
    ? { kind: 'missing bytes', statedBytes: data.bytes, presentBytes }
    : undefined;
}
