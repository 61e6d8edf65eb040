import { expect, it } from 'vitest';
import { errorLine } from '../../lib/cli/terminal/error-line.ts';
import { serviceError } from '../../lib/protocol/errors/service-errors.ts';
import { srt } from '../../lib/subtitles/srt.ts';
import { text } from '../../lib/subtitles/text.ts';
import { finalSentence, written } from '../subtitles/cues/final-sentence.ts';

// A message of the service may be a megabyte long. Code with quadratic cost would take minutes here, and these tests would
// time out.
const LENGTH = 60_000;

const PIECES = ['字', '「', '」', '"', "'", '-->', '…', 'sk-', 'st-0', 'A-', '1', ' ', '\n', '<'];

const long = (piece: string) => `x${piece.repeat(LENGTH / piece.length)}y`;

it.each(['字', '「'])('a long text of %s is written as subtitles', async (piece) => {
  const sentence = finalSentence(long(piece), 0, 60_000, [[0, 60_000, 'word']]);
  expect(await written(srt(), [sentence])).toMatch(/y\n\n$/);
});

it.each(PIECES)('a long text of %j is written as text and shown in errors', async (piece) => {
  const content = long(piece);
  expect(await written(text(), [finalSentence(content, 0, 60_000)])).toMatch(/y\n$/);
  expect(errorLine({ message: content, code: 'E_SERVER' })).toContain('[E_SERVER]');
  expect(serviceError('X', content).message).toMatch(/: X: x/);
});

it('a very long text is written when its words do not match', async () => {
  const file = await written(srt(), [finalSentence('a'.repeat(200_000), 0, 60_000, [[0, 60_000, 'b']])]);
  expect(file.replaceAll(/[^a]/g, '')).toHaveLength(200_000);
});
