import { OGG_FLAGS, OGG_HEADER_BYTES } from './ogg-page.ts';

/** Maximum size of a page in an Ogg stream. Source: RFC 3533, section 6. */
export const MAX_OGG_PAGE_BYTES = 65_307;

export function isOgg(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'OggS' && head.length > OGG_HEADER_BYTES;
}

/** The first packet of an Ogg stream, which names the codec, as far as the first bytes contain it. */
export function firstOggPacket(head: Buffer): Buffer {
  return head.subarray(OGG_HEADER_BYTES + (head[OGG_HEADER_BYTES - 1] ?? 0));
}

/**
 * Whether an Ogg file ends before the page that is marked as the last one. FFmpeg reports nothing in that case.
 * @param tail The last {@link MAX_OGG_PAGE_BYTES} of the file.
 */
export function lacksLastOggPage(tail: Buffer): boolean {
  const page = tail.lastIndexOf('OggS');
  return page < 0 || ((tail[page + 5] ?? 0) & OGG_FLAGS.last) === 0;
}
