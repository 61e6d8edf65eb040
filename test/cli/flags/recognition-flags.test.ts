import { Command } from 'commander';
import { expect, it } from 'vitest';
import {
  addRecognitionFlags,
  type RecognitionFlags,
  recognitionOptions,
} from '../../../lib/cli/flags/recognition-flags.ts';
import { PARAMETERS } from '../../../lib/protocol/parameters.ts';

function parse(...args: string[]): object {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addRecognitionFlags(command);
  const flags: RecognitionFlags = command.parse(args, { from: 'user' }).opts();
  const options = Object.entries(recognitionOptions(flags)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(options);
}

it('every parameter has a flag', () => {
  const command = new Command();
  addRecognitionFlags(command);
  const names = command.options.map((option) => option.attributeName());
  expect(names).toEqual(expect.arrayContaining(Object.keys(PARAMETERS)));
});

it('flags give options of their kind, and none when they are not given', () => {
  expect(parse()).toEqual({});
  expect(
    parse(
      '--language-hints',
      'en, zh',
      '--max-sentence-silence',
      '800',
      '--heartbeat',
      '--vocabulary-id',
      'v',
      '--phrase-id',
      'p',
    ),
  ).toEqual({
    languageHints: ['en', 'zh'],
    maxSentenceSilence: 800,
    heartbeat: true,
    vocabularyId: 'v',
    phraseId: 'p',
  });
});

it('--no- turns a parameter off', () => {
  expect(parse('--no-heartbeat', '--no-punctuation-prediction')).toEqual({
    heartbeat: false,
    punctuationPrediction: false,
  });
});

it('--language is the first language hint, and excludes a list of them', () => {
  expect(parse('--language', 'ja')).toEqual({ languageHints: ['ja'] });
  expect(() => parse('--language', 'ja', '--language-hints', 'en')).toThrow('cannot be used with');
});

it('values are held against the rule of the parameter', () => {
  expect(() => parse('--speech-noise-threshold', '2')).toThrow('must be a number from -1 to 1');
  expect(() => parse('--max-sentence-silence', 'long')).toThrow('must be an integer from 200 to 6000 ms');
});
