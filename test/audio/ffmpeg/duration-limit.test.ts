import { expect, test } from 'vitest';
import { tooLong } from '../../../lib/audio/ffmpeg/duration-limit.ts';

test('the limit is named in seconds, and what to do', () => {
  expect(tooLong('a.mp3', 1500)).toMatchObject({
    code: 'E_DURATION_LIMIT',
    message: 'a.mp3: it is longer than 1.5 s',
    hint: expect.stringContaining('maxDurationMs'),
  });
});
