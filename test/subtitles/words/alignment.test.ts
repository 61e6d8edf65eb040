import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { align } from '../../../lib/subtitles/words/alignment.ts';

function letters(text: string): string[] {
  return text.split('');
}

it('aligns equal texts one to one, ignoring case', () => {
  expect(align(letters('Abc'), letters('aBc'))).toEqual([0, 1, 2]);
});

it('aligns the rest of texts with missing parts on either side', () => {
  expect(align(letters('on25may'), letters('onxxmay'))).toEqual([0, 1, undefined, undefined, 4, 5, 6]);
  expect(align(letters('abcd'), letters('ad'))).toEqual([0, undefined, undefined, 1]);
  expect(align(letters('ad'), letters('abcd'))).toEqual([0, 3]);
});

it('finds as many positions as possible, ascending, each with the same character', () => {
  const some = fc.array(fc.constantFrom('a', 'b', 'c'), { size: 'max', maxLength: 60 });
  fc.assert(
    fc.property(some, some, (from, to) => {
      let last = -1;
      for (const [index, position] of align(from, to).entries()) {
        if (position === undefined) continue;
        expect(position).toBeGreaterThan(last);
        expect(to[position]).toBe(from[index]);
        last = position;
      }
      const found = (a: string[], b: string[]): number =>
        align(a, b).filter((position) => position !== undefined).length;
      expect(found(from, to)).toBe(found(to, from));
      expect(found(from, [...to, ...from])).toBe(from.length);
    }),
  );
});

it('aligns only the common start and end of very long texts', () => {
  const from = letters(`start${'x'.repeat(3000)}end`);
  const to = letters(`start${'y'.repeat(3000)}end`);
  const positions = align(from, to);
  expect(positions.slice(0, 6)).toEqual([0, 1, 2, 3, 4, undefined]);
  expect(positions.slice(-4)).toEqual([undefined, 3005, 3006, 3007]);
});
