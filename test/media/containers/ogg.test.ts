import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { firstOggPacket, lacksLastOggPage } from '../../../lib/media/containers/ogg.ts';

/** The header of an Ogg page with these flags. */
function page(flags: number): Buffer {
  return Buffer.from([...Buffer.from('OggS'), 0, flags, ...Array<number>(21).fill(0)]);
}

test.each([
  ['ends with its last page', page(4), false],
  ['ends with another page', page(0), true],
  ['was cut off within the header of a page', Buffer.from('OggS'), true],
  ['ends without any page', Buffer.alloc(100), true],
])('reports whether the last page is missing when a file %s', (_, tail, isMissing) => {
  expect(lacksLastOggPage(tail)).toBe(isMissing);
});

test('finds the first packet of a real file', async () => {
  const head = await readFile(new URL('../../../fixtures/himself.ogg', import.meta.url));
  expect(firstOggPacket(head).toString('latin1', 0, 8)).toBe('OpusHead');
});
