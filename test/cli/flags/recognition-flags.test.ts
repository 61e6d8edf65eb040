import { Command } from 'commander';
import { expect, it } from 'vitest';
import {
  addRecognitionFlags,
  type RecognitionFlags,
  recognitionOptions,
} from '../../../lib/cli/flags/recognition-flags.ts';
import { PARAMETERS } from '../../../lib/protocol/parameters.ts';
import { LIMIT_NAMES } from '../../../lib/recognition/task/client-limits.ts';

/** The options that some arguments give. */
function parse(...args: string[]): object {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addRecognitionFlags(command);
  const flags: RecognitionFlags = command.parse(args, { from: 'user' }).opts();
  const options = Object.entries(recognitionOptions(flags)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(options);
}

it('defines a flag for every parameter and every limit, without units in the names', () => {
  const command = new Command();
  addRecognitionFlags(command);
  const names = command.options.map((option) => option.attributeName());
  const limits = LIMIT_NAMES.map((name) => name.replace(/Ms$/, ''));
  expect(names).toEqual(expect.arrayContaining([...Object.keys(PARAMETERS), ...limits]));
});

it('converts flags to options of their type, and leaves out flags that are not set', () => {
  expect(parse()).toEqual({});
  const words = ['--language-hints', 'en, zh', '--vocabulary-id', 'v', '--phrase-id', 'p'];
  expect(parse(...words, '--max-sentence-silence', '800', '--heartbeat')).toEqual({
    languageHints: ['en', 'zh'],
    maxSentenceSilence: 800,
    heartbeat: true,
    vocabularyId: 'v',
    phraseId: 'p',
  });
});

it('converts flags of limits to options in ms', () => {
  expect(parse('--connect-timeout', '200', '--max-retries', '0', '--retry-delay', '50')).toEqual({
    connectTimeoutMs: 200,
    maxRetries: 0,
    retryDelayMs: 50,
  });
});

it('turns a parameter off with --no-', () => {
  expect(parse('--no-heartbeat', '--no-punctuation-prediction')).toEqual({
    heartbeat: false,
    punctuationPrediction: false,
  });
});

it('uses --language as the only language hint, and rejects it beside --language-hints', () => {
  expect(parse('--language', 'ja')).toEqual({ languageHints: ['ja'] });
  expect(() => parse('--language', 'ja', '--language-hints', 'en')).toThrow('cannot be used with');
});

it('detects the language with --language auto, as without it', () => {
  expect(parse('--language', 'auto')).toEqual({});
  expect(parse('--language', 'ja', '--language', 'AUTO')).toEqual({});
});

it('checks values against the rule of the parameter', () => {
  expect(() => parse('--speech-noise-threshold', '2')).toThrow('must be a number from -1 to 1');
  expect(() => parse('--max-sentence-silence', 'long')).toThrow('must be an integer from 200 to 6000 ms');
});
