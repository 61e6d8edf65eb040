import { expect, it } from 'vitest';
import { withoutKeys } from '../lib/redact.ts';

it('keys are taken out of a text, permanent and temporary ones, wherever they stand', () => {
  expect(withoutKeys('key=sk-canary0123456789; "st-0123456789abcdef", sk-0123456789abcdef-01_2.')).toBe(
    'key=sk-…; "st-…", sk-….',
  );
});

it('names stay', () => {
  const text = 'st-petersburg-2024-11-07.mp3 and sk-1.wav of the task-force0123456789abcdef';
  expect(withoutKeys(text)).toBe(text);
});
