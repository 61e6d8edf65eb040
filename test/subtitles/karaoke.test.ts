import { expect, it } from 'vitest';
import { timedLines } from '../../lib/subtitles/karaoke.ts';

const word = (
  text: string,
  beginMs: number,
): { text: string; beginMs: number; endMs: number; hasSpaceBefore: boolean } => ({
  text,
  beginMs,
  endMs: beginMs + 100,
  hasSpaceBefore: true,
});

it('cuts a line before each word that it finds, and keeps all of its text', () => {
  const lines = ['“We, too', 'nothing', 'x'];
  const words = [[word('We,', 0), word('three', 100), word('too.', 200)], [word('else', 300)], []];
  const pieces = timedLines({ lines, words });
  expect(pieces).toEqual([
    [
      { text: '“We, ', beginMs: 0, endMs: 100 },
      { text: 'too', beginMs: 200, endMs: 300 },
    ],
    [{ text: 'nothing', beginMs: 300, endMs: 400 }],
    [{ text: 'x', beginMs: 0, endMs: 0 }],
  ]);
});
