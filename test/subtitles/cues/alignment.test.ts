import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { align } from '../../../lib/subtitles/cues/alignment.ts';

function letters(text: string): string[] {
  return text.split('');
}

it('equal texts align one to one, whatever their case', () => {
  expect(align(letters('Abc'), letters('aBc'))).toEqual([0, 1, 2]);
});

it('what is missing on either side leaves the rest in place', () => {
  expect(align(letters('on25may'), letters('onxxmay'))).toEqual([0, 1, undefined, undefined, 4, 5, 6]);
  expect(align(letters('abcd'), letters('ad'))).toEqual([0, undefined, undefined, 1]);
  expect(align(letters('ad'), letters('abcd'))).toEqual([0, 3]);
});

it('places rise, hold the same character, and are as many as can be', () => {
  const some = fc.array(fc.constantFrom('a', 'b', 'c'), { size: 'max', maxLength: 60 });
  fc.assert(
    fc.property(some, some, (from, to) => {
      let last = -1;
      for (const [index, place] of align(from, to).entries()) {
        if (place === undefined) continue;
        expect(place).toBeGreaterThan(last);
        expect(to[place]).toBe(from[index]);
        last = place;
      }
      const found = (a: string[], b: string[]): number =>
        align(a, b).filter((place) => place !== undefined).length;
      expect(found(from, to)).toBe(found(to, from));
      expect(found(from, [...to, ...from])).toBe(from.length);
    }),
  );
});

it('texts too long to compare still share their start and end', () => {
  const from = letters(`start${'x'.repeat(3000)}end`);
  const to = letters(`start${'y'.repeat(3000)}end`);
  const places = align(from, to);
  expect(places.slice(0, 6)).toEqual([0, 1, 2, 3, 4, undefined]);
  expect(places.slice(-4)).toEqual([undefined, 3005, 3006, 3007]);
});
