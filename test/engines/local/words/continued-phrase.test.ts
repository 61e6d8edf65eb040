import { expect, it } from 'vitest';
import { sentenceOf } from '../../../../lib/engines/local/phrases.ts';
import { continuedPhrase } from '../../../../lib/engines/local/words/continued-phrase.ts';

it.each([
  ['ask not what your country can do for you', 'Ask what you can do', 'ask what you can do'],
  ['and then,', "It's late", "it's late"],
  ['the capital of', 'France is Paris', 'France is Paris'],
  ['he said that', 'I am late', 'I am late'],
  ['he said that', "I'm late", "I'm late"],
  ['the work of', 'NASA began', 'NASA began'],
  ['it is an', 'iPhone', 'iPhone'],
  ['That is all.', 'The end', 'The end'],
  ['He said: “Go!”', 'The end', 'The end'],
  ['', 'The end', 'The end'],
  ['他说', 'The end', 'the end'],
])('after "%s" writes "%s" as "%s"', (before, text, written) => {
  expect(continuedPhrase(before, text)).toBe(written);
});

it('joins the phrases of one utterance to a text that reads as one, with the same words', () => {
  const { text, words } = sentenceOf(
    [
      { begin: 0, end: 900, text: 'What your country can do for you' },
      { begin: 1400, end: 2600, text: 'Ask what you can do.' },
      { begin: 3000, end: 3600, text: 'And so on.' },
    ],
    true,
  );
  expect(text).toBe('What your country can do for you ask what you can do. And so on.');
  expect(words.map((word) => word.text + word.punctuation).join('')).toBe(text);
});
