import { expect, it } from 'vitest';
import { keepSecret, withoutKeys } from '../../lib/core/redact.ts';

it('removes permanent and temporary keys anywhere in a text', () => {
  expect(withoutKeys('key=sk-canary0123456789; "st-0123456789abcdef", sk-0123456789abcdef-01_2.')).toBe(
    'key=sk-…; "st-…", sk-….',
  );
});

it('removes keys of a workspace', () => {
  expect(withoutKeys('key sk-ws-0123456789abcdef-01!')).toBe('key sk-…!');
});

it('removes anything after the word bearer', () => {
  expect(withoutKeys('{"Authorization":"Bearer any.thing/at+all=="}, bearer  x')).toBe(
    '{"Authorization":"Bearer …"}, bearer …',
  );
});

it('removes a key in use of any form', () => {
  const key = 'my own gateway (key) $&.*';
  const text = `refused: ${key}, ${key}`;
  expect(withoutKeys(text)).toBe(text);
  keepSecret(key);
  expect(withoutKeys(text)).toBe('refused: …, …');
});

it('keeps a word that is too short for a key', () => {
  keepSecret('test');
  expect(withoutKeys('a test of contests')).toBe('a test of contests');
});

it('still removes a key in permanent use after many temporary keys', () => {
  const key = (n: number) => `temporary(${n})`;
  keepSecret('the lasting one');
  for (let n = 0; n < 150; n += 1) {
    keepSecret(key(n));
    if (n === 90) keepSecret('the lasting one');
  }
  expect(withoutKeys(`the lasting one, ${key(149)}, ${key(0)}`)).toBe(`…, …, ${key(0)}`);
});

it('keeps file names that look similar to keys', () => {
  const text = 'st-petersburg-2024-11-07.mp3 and sk-1.wav of the task-force0123456789abcdef';
  expect(withoutKeys(text)).toBe(text);
});
