/** Greatest page of an Ogg stream. Source: RFC 3533, section 6. */
export const MAX_PAGE_BYTES = 65_307;

const LAST_PAGE = 4;

/**
 * Whether an Ogg file stops before the page that is marked as the last one. FFmpeg takes the last page that is
 * there for the end, and says nothing.
 * @param head The first bytes of the file.
 * @param tail Its last {@link MAX_PAGE_BYTES}.
 */
export function lacksLastPage(head: Buffer, tail: Buffer): boolean {
  if (head.toString('latin1', 0, 4) !== 'OggS') return false;
  const page = tail.lastIndexOf('OggS');
  return page < 0 || ((tail[page + 5] ?? 0) & LAST_PAGE) === 0;
}
