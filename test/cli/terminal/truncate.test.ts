import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { truncate } from '../../../lib/cli/terminal/truncate.ts';

it('cuts at terminal columns, not at code units', () => {
  expect(truncate('会議録音.mp3', 6)).toBe('会議…');
  expect(truncate('👩‍👩‍👧 talk.mp3', 5)).toBe('👩‍👩‍👧 t…');
  expect(truncate('talk.mp3', 8)).toBe('talk.mp3');
});

it('never exceeds the width', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.integer({ min: 0, max: 40 }),
      (text, width) => {
        expect(stringWidth(truncate(text, width))).toBeLessThanOrEqual(width);
      },
    ),
  );
});
