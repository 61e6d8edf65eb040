import { expect, it } from 'vitest';
import { isPartialName, outputName, partialName } from '../../../lib/batch/plan/output-names.ts';

it('distinguish partial outputs from complete ones', () => {
  expect(outputName('talk', 'srt')).toBe('talk.srt');
  expect(partialName('talk', 'srt')).toBe('talk.partial.srt');
  expect(isPartialName('talk.partial.srt')).toBe(true);
  expect(isPartialName('talk.srt')).toBe(false);
  expect(isPartialName('my.partial.talk.srt')).toBe(false);
});
