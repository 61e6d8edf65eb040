import { expect, it } from 'vitest';
import { keepSecret, withoutKeys } from '../../lib/core/redact.ts';

it('keys are taken out of a text, permanent and temporary ones, wherever they stand', () => {
  expect(withoutKeys('key=sk-canary0123456789; "st-0123456789abcdef", sk-0123456789abcdef-01_2.')).toBe(
    'key=sk-…; "st-…", sk-….',
  );
});

it('keys of a workspace are taken out, too', () => {
  expect(withoutKeys('key sk-ws-0123456789abcdef-01!')).toBe('key sk-…!');
});

it('what follows the word bearer is taken out, whatever it looks like', () => {
  expect(withoutKeys('{"Authorization":"Bearer any.thing/at+all=="}, bearer  x')).toBe(
    '{"Authorization":"Bearer …"}, bearer …',
  );
});

it('the key in use is taken out, whatever it looks like', () => {
  const key = 'my own gateway (key) $&.*';
  const text = `refused: ${key}, ${key}`;
  expect(withoutKeys(text)).toBe(text);
  keepSecret(key);
  expect(withoutKeys(text)).toBe('refused: …, …');
});

it('a word that is too short for a key stays', () => {
  keepSecret('test');
  expect(withoutKeys('a test of contests')).toBe('a test of contests');
});

it('a key that is used on and on is not forgotten for those that come and go', () => {
  const key = (n: number) => `temporary(${n})`;
  keepSecret('the lasting one');
  for (let n = 0; n < 150; n += 1) {
    keepSecret(key(n));
    if (n === 90) keepSecret('the lasting one');
  }
  expect(withoutKeys(`the lasting one, ${key(149)}, ${key(0)}`)).toBe(`…, …, ${key(0)}`);
});

it('names stay', () => {
  const text = 'st-petersburg-2024-11-07.mp3 and sk-1.wav of the task-force0123456789abcdef';
  expect(withoutKeys(text)).toBe(text);
});
