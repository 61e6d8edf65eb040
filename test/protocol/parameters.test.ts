import { describe, expect, it } from 'vitest';
import {
  checkWireParameters,
  PARAMETER_NAMES,
  PARAMETERS,
  type ParameterName,
  toWireParameters,
} from '../../lib/protocol/parameters.ts';
import { recognize } from '../../lib/recognize.ts';

function words(count: number, weight = 4): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`word ${index}`, weight]));
}

/** Of every parameter: its name on the wire, valid values, and invalid values. */
const CASES: {
  readonly [Name in ParameterName]-?: readonly [
    wire: string,
    valid: readonly unknown[],
    invalid: readonly unknown[],
  ];
} = {
  languageHints: ['language_hints', [['en'], ['zh', 'en'], []], ['en', [''], [3]]],
  semanticPunctuation: ['semantic_punctuation_enabled', [true, false], ['true', 0]],
  maxSentenceSilence: ['max_sentence_silence', [200, 1300, 6000], [199, 6001, 500.5, '500']],
  multiThresholdMode: ['multi_threshold_mode_enabled', [true, false], [1]],
  punctuationPrediction: ['punctuation_prediction_enabled', [true, false], ['yes']],
  heartbeat: ['heartbeat', [true, false], [1]],
  speechNoiseThreshold: ['speech_noise_threshold', [-1, -0.1, 0, 1], [-1.01, 1.01, Number.NaN, '0']],
  vocabularyId: ['vocabulary_id', ['vocab-demo-24ee'], ['', 3]],
  phraseId: ['phrase_id', ['phrases-1'], ['', 3]],
  vocabulary: [
    'vocabulary',
    [{ 'Fun-ASR': 5, 语音: 1, Moonshine: 50 }],
    [
      'Fun-ASR',
      ['Fun-ASR'],
      {},
      { x: 0 },
      { x: 6 },
      { x: 4.5 },
      { x: '4' },
      { ' ': 4 },
      words(2001),
      words(51, 50),
    ],
  ],
  context: ['context', ['Moonshine'], ['', '  ', 3, [], {}]],
  specialWordFilter: ['special_word_filter', ['{}'], ['', {}]],
  disfluencyRemoval: ['disfluency_removal_enabled', [true, false], ['no']],
  inverseTextNormalization: ['inverse_text_normalization_enabled', [true, false], [0]],
};

describe.each(PARAMETER_NAMES)('the parameter %s', (name) => {
  const [wire, valid, invalid] = CASES[name];
  const isOnTheWire = (PARAMETERS[name].place ?? 'parameters') === 'parameters';

  it('has its wire name in run-task, unless it is sent outside the parameters', () => {
    expect(PARAMETERS[name].wireName).toBe(wire);
    expect(valid.map((value) => toWireParameters({ [name]: value }))).toEqual(
      valid.map((value) => (isOnTheWire ? { [wire]: value } : {})),
    );
  });

  it('is refused with an invalid value, before anything is sent', () => {
    for (const value of invalid) {
      expect(() => recognize({ apiKey: 'sk-x', [name]: value })).toThrow(
        expect.objectContaining({
          code: 'E_OPTION',
          message: expect.stringMatching(`^recognize: option ${name} must be `) as string,
        }),
      );
    }
  });

  it('is checked by the local service with the same rule', () => {
    expect(valid.map((value) => checkWireParameters({ [wire]: value }))).toEqual(valid.map(() => undefined));
    const refusal = isOnTheWire ? new RegExp(`^${wire} must be `) : /^nothing$/;
    for (const value of invalid) expect(checkWireParameters({ [wire]: value }) ?? 'nothing').toMatch(refusal);
  });

  it('has a description', () => {
    expect(PARAMETERS[name].description.length).toBeGreaterThan(10);
  });
});

it('a parameter that is undefined is not sent', () => {
  expect(toWireParameters({ heartbeat: undefined, maxSentenceSilence: 800 })).toEqual({
    max_sentence_silence: 800,
  });
});
