import { expect, it } from 'vitest';
import { commandLine } from '../../../../lib/cli/run/batch/command-line.ts';

it('quotes what a shell would change', () => {
  expect(commandLine(['transcribe', 'my talk.mp3', "it's.wav", '-o', 'out', 'talks/*.mp3'], {})).toBe(
    "fun-asr transcribe 'my talk.mp3' 'it'\\''s.wav' -o out 'talks/*.mp3'",
  );
});

it('names the npm script in a clone', () => {
  expect(commandLine(['transcribe', 'a.mp3'], { npm_lifecycle_event: 'transcribe' })).toBe(
    'npm run transcribe -- a.mp3',
  );
  expect(commandLine(['convert', 'a.mp3', '--to', 'wav'], { npm_lifecycle_event: 'fun-asr' })).toBe(
    'npm run fun-asr -- convert a.mp3 --to wav',
  );
});
