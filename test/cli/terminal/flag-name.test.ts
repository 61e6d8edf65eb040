import { expect, it } from 'vitest';
import { flagInMessage, flagName } from '../../../lib/cli/terminal/flag-name.ts';

it('names the flag of an option', () => {
  expect(flagName('ffmpegPath')).toBe('--ffmpeg-path');
  expect(flagName('maxDurationMs')).toBe('--max-duration');
  expect(flagInMessage('languageHints')).toBe('--language');
  expect(flagInMessage('itn')).toBe('--no-itn');
  expect(flagInMessage('engine', 'local')).toBe('--engine local');
});

it('names the variable for the key, which has no flag', () => {
  expect(flagInMessage('apiKey')).toBe('DASHSCOPE_API_KEY');
});
