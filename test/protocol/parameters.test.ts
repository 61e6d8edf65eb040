import { describe, expect, it } from 'vitest';
import {
  checkWire,
  PARAMETER_NAMES,
  PARAMETERS,
  type ParameterName,
  toWire,
} from '../../lib/protocol/parameters.ts';
import { recognize } from '../../lib/recognition/recognize.ts';

/** Of every parameter: its name on the wire, values that it may have, and values that it may not. */
const CASES: {
  readonly [Name in ParameterName]-?: readonly [
    wire: string,
    good: readonly unknown[],
    bad: readonly unknown[],
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
  specialWordFilter: ['special_word_filter', ['{}'], ['', {}]],
  disfluencyRemoval: ['disfluency_removal_enabled', [true, false], ['no']],
  inverseTextNormalization: ['inverse_text_normalization_enabled', [true, false], [0]],
};

describe.each(PARAMETER_NAMES)('the parameter %s', (name) => {
  const [wire, good, bad] = CASES[name];
  const isOnTheWire = PARAMETERS[name].place !== 'resources';

  it('has the name of the protocol on the wire, if it stands among the parameters there', () => {
    expect(PARAMETERS[name].wireName).toBe(wire);
    expect(good.map((value) => toWire({ [name]: value }))).toEqual(
      good.map((value) => (isOnTheWire ? { [wire]: value } : {})),
    );
  });

  it('is refused outside of its range, before anything is sent, with its name and the value', () => {
    for (const value of bad) {
      expect(() => recognize({ apiKey: 'sk-x', [name]: value })).toThrow(
        expect.objectContaining({
          code: 'E_OPTION',
          message: expect.stringMatching(`^recognize: option ${name} must be `) as string,
        }),
      );
    }
  });

  it('is held to the same range by the local service, where it stands', () => {
    expect(good.map((value) => checkWire({ [wire]: value }))).toEqual(good.map(() => undefined));
    const refusal = isOnTheWire ? new RegExp(`^${wire} must be `) : /^nothing$/;
    for (const value of bad) expect(checkWire({ [wire]: value }) ?? 'nothing').toMatch(refusal);
  });

  it('is described', () => {
    expect(PARAMETERS[name].description.length).toBeGreaterThan(10);
  });
});

it('what is not given is not sent', () => {
  expect(toWire({ heartbeat: undefined, maxSentenceSilence: 800 })).toEqual({ max_sentence_silence: 800 });
});
