import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { liveDisplay } from '../../../../lib/cli/terminal/progress/live-display.ts';
import type { Sentence } from '../../../../lib/sentence.ts';

function sentence(text: string, end_time: number | null): Sentence {
  const rest = { sentence_id: 1, begin_time: 0, words: [], request_id: 'r' };
  return { ...rest, text, end_time, sentence_end: end_time !== null };
}

/** What the display writes for some sentences. */
function written(isTTY: boolean, ...sentences: Sentence[]): string {
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
  const display = liveDisplay(output);
  for (const item of sentences) display.showSentence(item);
  display.close();
  return String(output.read() ?? '');
}

const SENTENCES = [sentence('Hello', null), sentence('Hello world', null), sentence('Hello, world.', 900)];

it('writes only final sentences, one a line, when the output is not a terminal', () => {
  expect(written(false, ...SENTENCES, sentence('More', null))).toBe('Hello, world.\n');
});

it('replaces each partial sentence on a terminal and keeps the final one', () => {
  const shown = written(true, ...SENTENCES);
  const erase = '\u001b[2K';
  const [first = '', second = '', third = ''] = shown.split(/(?<=Hello)(?! world|,)|(?<=Hello world)/);
  expect(stripVTControlCharacters(first).trim()).toBe('Hello');
  expect(second).toContain(erase);
  expect(third).toContain(erase);
  expect(shown.endsWith('Hello, world.\n')).toBe(true);
});

it('escapes control characters', () => {
  expect(written(false, sentence('a\u001b[2Jb\nc', 900))).toBe('a\\x1b[2Jb\\x0ac\n');
  expect(written(true, sentence('a\u001b[9Ab', null))).toContain('a\\x1b[9Ab');
});

it('keeps the words of a partial sentence in their places until two agree on a change', () => {
  const texts = ['I scream', 'ice cream', 'ice cream is'];
  const shown = stripVTControlCharacters(written(true, ...texts.map((text) => sentence(text, null))));
  expect(shown).not.toMatch(/ice cream(?! is)/);
  expect(shown).toContain('ice cream is');
});
