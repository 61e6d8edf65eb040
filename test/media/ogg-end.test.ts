import { expect, test } from 'vitest';
import { lacksLastPage } from '../../lib/media/ogg-end.ts';

/** The header of an Ogg page with these flags. */
function page(flags: number): Buffer {
  return Buffer.from([...Buffer.from('OggS'), 0, flags, ...Array<number>(21).fill(0)]);
}

test.each([
  ['its last page is the last page', page(2), page(4), false],
  ['its last page is another', page(2), page(0), true],
  ['it is cut off within the header of a page', page(2), Buffer.from('OggS'), true],
  ['it ends in no page at all', page(2), Buffer.alloc(100), true],
  ['it is no Ogg', Buffer.from('RIFF'), Buffer.alloc(100), false],
])('an Ogg was cut off or not: %s', (_, head, tail, isCut) => {
  expect(lacksLastPage(head, tail)).toBe(isCut);
});
