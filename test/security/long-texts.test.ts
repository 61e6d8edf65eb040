import { expect, it } from 'vitest';
import { errorLine } from '../../lib/cli/terminal/error-line.ts';
import { serviceError } from '../../lib/protocol/errors/service-errors.ts';
import { srt } from '../../lib/subtitles/srt.ts';
import { text } from '../../lib/subtitles/text.ts';
import { finalSentence, written } from '../subtitles/cues/final-sentence.ts';

// A message of the service may be a megabyte long. Whatever takes a time that grows with the square of that stands still
// for minutes, and these tests with it.
const LENGTH = 60_000;

const PIECES = ['字', '「', '」', '"', "'", '-->', '…', 'sk-', 'st-0', 'A-', '1', ' ', '\n', '<'];

const long = (piece: string) => `x${piece.repeat(LENGTH / piece.length)}y`;

it.each(['字', '「'])('much of %s is written as subtitles', async (piece) => {
  const sentence = finalSentence(long(piece), 0, 60_000, [[0, 60_000, 'word']]);
  expect(await written(srt(), [sentence])).toMatch(/y\n\n$/);
});

it.each(PIECES)('much of %j is written as text, and shown', async (piece) => {
  const content = long(piece);
  expect(await written(text(), [finalSentence(content, 0, 60_000)])).toMatch(/y\n$/);
  expect(errorLine({ message: content, code: 'E_SERVER' })).toContain('[E_SERVER]');
  expect(serviceError('X', content).message).toMatch(/: X: x/);
});

it('words that are not those of a very long text share its time all the same', async () => {
  const file = await written(srt(), [finalSentence('a'.repeat(200_000), 0, 60_000, [[0, 60_000, 'b']])]);
  expect(file.replaceAll(/[^a]/g, '')).toHaveLength(200_000);
});
