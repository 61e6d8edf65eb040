import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../../../lib/cli/terminal/printable.ts';

it('escapes control characters and bidirectional formatting characters', () => {
  expect(printable('a\x1b[31m\n\x7f\x9b\u202eb\u2066\u2028')).toBe(
    'a\\x1b[31m\\x0a\\x7f\\x9b\\u202eb\\u2066\\u2028',
  );
});

it('keeps readable text of any script', () => {
  expect(printable('Zoë 会議 한국어 🎧 – «talk».mp3')).toBe('Zoë 会議 한국어 🎧 – «talk».mp3');
});

it('leaves no character that controls a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60, size: 'max' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }),
  );
});
