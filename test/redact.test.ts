import { expect, it } from 'vitest';
import { withoutKeys } from '../lib/redact.ts';

it('keys are taken out of a text, permanent and temporary ones, wherever they stand', () => {
  expect(withoutKeys('key=sk-canary0123456789; "st-0123456789abcdef", sk-ws-H.x')).toBe(
    'key=sk-…; "st-…", sk-ws-H.x',
  );
});

it('other words stay', () => {
  const text = 'The task-force of the disk-drives ate sk- and st-1.';
  expect(withoutKeys(text)).toBe(text);
});
