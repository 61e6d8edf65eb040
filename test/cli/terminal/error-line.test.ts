import { expect, it } from 'vitest';
import { FunAsrError } from '../../../lib/core/errors.ts';
import { failureLine, warningLine } from '../../../lib/cli/terminal/error-line.ts';

it('a failure is one line: input, reason, what to do, code', () => {
  const error = new FunAsrError('E_AUTH', 'the key was refused', { hint: 'Check it.', requestId: 'r-1' });
  expect(failureLine(error, 'talk.mp3')).toBe(
    'error: talk.mp3: the key was refused. Check it. [E_AUTH, request id r-1]',
  );
});

it('an input that the message names is not named twice', () => {
  const warning = new FunAsrError('W_TRUNCATED', 'talk.mp3: cut off');
  expect(warningLine(warning, 'talk.mp3')).toBe('warning: talk.mp3: cut off. [W_TRUNCATED]');
});

it('a message of the service stays on its line', () => {
  expect(failureLine(new FunAsrError('E_SERVER', 'one\ntwo\x1b[2J'))).toBe(
    'error: one\\x0atwo\\x1b[2J. [E_SERVER]',
  );
});

it('an option of the library is a flag of the command line, and a file name is neither', () => {
  const error = new FunAsrError('E_DURATION_LIMIT', 'my maxDuration.mp3: too long', {
    hint: 'Raise maxDuration if that is meant.',
  });
  expect(failureLine(error)).toBe(
    'error: my maxDuration.mp3: too long. Raise --max-duration if that is meant. [E_DURATION_LIMIT]',
  );
  expect(failureLine(new FunAsrError('E_FFMPEG_MISSING', 'ffmpegPath: /x does not run'))).toContain(
    'error: --ffmpeg-path: /x does not run.',
  );
});
