import { once } from 'node:events';
import * as api from 'fun-asr-streams';
import * as testing from 'fun-asr-streams/testing';
import { FunAsrError, Recognition, RecognitionResult, type Sentence } from 'fun-asr-streams';
import { beforeAll, describe, expect, it, vi } from 'vitest';

type Call = (...args: readonly unknown[]) => unknown;

/** Values that fit nowhere, or nearly nowhere. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  0,
  Number.NaN,
  -1,
  '',
  'nonsense',
  true,
  [],
  [null],
  Symbol('nonsense'),
  () => {},
  new Date(0),
  {},
  { nonsense: 1 },
];

/** They load a model when they accept their options: only what they refuse is tried. */
const LOADERS: ReadonlySet<string> = new Set(['openLocalEngine', 'chooseBackend']);

/** Exported functions and classes. */
const FUNCTIONS = Object.entries({ ...api, ...testing } as Readonly<Record<string, unknown>>).filter(
  (entry): entry is [string, Call] => typeof entry[1] === 'function' && entry[1] !== FunAsrError,
);

/** Calls a function or class, closes what it makes, and returns what it threw or rejected with. */
async function failureOf(name: string, callee: Call, args: readonly unknown[]): Promise<unknown> {
  try {
    const isClass = /^[A-Z]/.test(name);
    const made = await (isClass ? (Reflect.construct(callee, args) as unknown) : callee(...args));
    await close(made);
    return undefined;
  } catch (error) {
    return error;
  }
}

async function close(made: unknown): Promise<void> {
  if (typeof made !== 'object' || made === null) return;
  if ('on' in made) (made as NodeJS.EventEmitter).on('error', () => {});
  for (const method of ['destroy', 'close', 'return']) {
    const end: unknown = Reflect.get(made, method);
    if (typeof end === 'function') await (end as Call).call(made);
  }
}

/** The calls that failed with something else than a FunAsrError. All of them are made at the same time. */
async function unexpectedOf(name: string, callee: Call, calls: readonly unknown[][]): Promise<unknown[]> {
  const failures = await Promise.all(
    calls.map(async (args) => ({ args, error: await failureOf(name, callee, args) })),
  );
  return failures.filter(({ error }) => error !== undefined && !(error instanceof FunAsrError));
}

/** Arguments for which a function rejects its options or does its work: tried in front of wrong options. */
function firstArguments(name: string): readonly unknown[][] {
  if (name === 'updateVocabulary') return [['v-1', [{ text: 'word' }]]];
  if (name === 'createVocabulary') return [[[{ text: 'word' }]]];
  if (name === 'convertFile') return [['missing.wav', 'missing/out.wav']];
  return [[], ['missing.wav']];
}

/** Names of the options of a function, from the hint of its error for an unknown option. */
async function optionsOf(name: string, callee: Call): Promise<{ first: unknown[]; names: string[] }> {
  for (const first of firstArguments(name)) {
    const error = await failureOf(name, callee, [...first, { zzzzzzzzzzzzzzzzzz: 1 }]);
    const hint = error instanceof FunAsrError ? error.hint : undefined;
    const names = /^It takes (.*)\.$/.exec(hint ?? '')?.[1]?.split(', ');
    if (names) return { first, names };
  }
  return { first: [], names: [] };
}

// Calls whose arguments are accepted must not leave this machine.
beforeAll(() => {
  vi.stubEnv('DASHSCOPE_API_KEY', '');
  vi.stubEnv('DASHSCOPE_HTTP_BASE_URL', 'http://127.0.0.1:9/api/v1');
  vi.stubEnv('DASHSCOPE_WEBSOCKET_BASE_URL', 'ws://127.0.0.1:9/api-ws/v1/inference');
});

describe.each(FUNCTIONS)('%s', (name, callee) => {
  it('rejects wrong arguments with a FunAsrError, or accepts them', async () => {
    const isLoader = LOADERS.has(name);
    const values = isLoader ? WRONG.filter((value) => value !== undefined) : WRONG;
    const calls = values.flatMap((value) =>
      isLoader
        ? [[value]]
        : [[value], ['missing.wav', value], [[], value], ['missing.wav', 'out.wav', value]],
    );
    expect(await unexpectedOf(name, callee, calls)).toEqual([]);
  });

  it('rejects wrong options with a FunAsrError that names the option, or accepts them', async () => {
    const { first, names } = await optionsOf(name, callee);
    const values = LOADERS.has(name) ? [null, -1, Symbol('nonsense')] : WRONG.slice(1);
    const calls = names.flatMap((option) => values.map((value) => [...first, { [option]: value }]));
    expect(await unexpectedOf(name, callee, calls)).toEqual([]);
  });
});

const { sentenceEnd, captions, srt, vtt, jsonl, json, tsv, text } = api;
const SENTENCE_STAGES = Object.entries({ sentenceEnd, captions, srt, vtt, jsonl, json, tsv, text });

describe.each(SENTENCE_STAGES)('%s()', (name, make) => {
  it.each([
    0,
    true,
    'a sentence',
    [],
    {},
    { text: 1 },
    { text: 'no words', sentence_end: true, end_time: 1 },
  ])('fails with a FunAsrError when %j is written instead of a sentence', async (item) => {
    const stage = make();
    stage.resume();
    stage.end(item);
    const [error] = (await Promise.race([once(stage, 'error'), once(stage, 'end').then(() => [])])) as [
      unknown?,
    ];
    expect(error).toMatchObject({
      code: 'E_OPTION',
      message: expect.stringMatching(new RegExp(`^${name}: .*sentence`)),
    });
  });
});

describe('a Recognition', () => {
  it('rejects wrong arguments of its methods', async () => {
    const recognition = new Recognition({ baseUrl: 'ws://127.0.0.1:9/api-ws/v1/inference' });
    const methods: Readonly<Record<string, Call>> = {
      call: recognition.call.bind(recognition) as Call,
      sendAudioFrame: recognition.sendAudioFrame.bind(recognition) as Call,
    };
    for (const [name, method] of Object.entries(methods)) {
      for (const value of WRONG.filter((wrong) => wrong !== 'nonsense')) {
        expect(await failureOf(name, method, [value]), `${name}(${String(value)})`).toMatchObject({
          code: 'E_OPTION',
        });
      }
    }
  });

  it('refuses a callback with a name of the Python SDK, and names the right one', () => {
    class Callback {
      on_event(): void {}
    }
    expect(() => new Recognition({ callback: new Callback() as object })).toThrow(
      expect.objectContaining({
        code: 'E_OPTION',
        message: 'Recognition: the callback has no function on_event',
        hint: 'Did you mean onEvent?',
      }),
    );
  });

  it.each([
    ['sample_rate', 'sampleRate'],
    ['semantic_punctuation_enabled', 'semanticPunctuation'],
    ['max_sentence_silence', 'maxSentenceSilence'],
    ['multi_threshold_mode_enabled', 'multiThresholdMode'],
    ['punctuation_prediction_enabled', 'punctuationPrediction'],
    ['language_hints', 'languageHints'],
    ['vocabulary_id', 'vocabularyId'],
    ['api_key', 'apiKey'],
    ['base_websocket_api_url', 'baseUrl'],
    ['phrase_id', 'phraseId'],
    ['disfluency_removal_enabled', 'disfluencyRemoval'],
    ['inverse_text_normalization_enabled', 'inverseTextNormalization'],
    ['speech_noise_threshold', 'speechNoiseThreshold'],
    ['special_word_filter', 'specialWordFilter'],
  ])('refuses the Python name %s, and names %s', (python, name) => {
    expect(() => new Recognition({ [python]: 1 })).toThrow(
      expect.objectContaining({ code: 'E_OPTION', hint: `Did you mean ${name}?` }),
    );
  });
});

describe('a RecognitionResult', () => {
  it('returns undefined for the usage of nothing', () => {
    const sentence = { usage: { duration: 3 } } as Sentence;
    expect(new RecognitionResult(sentence, 'r-1').getUsage()).toEqual({ duration: 3 });
    expect(new RecognitionResult([], undefined).getUsage()).toBeUndefined();
    const result: { getUsage(value: unknown): unknown } = new RecognitionResult([], undefined);
    for (const value of WRONG) expect(result.getUsage(value)).toBeUndefined();
  });
});

it('a stage after its end accepts no options either', () => {
  expect(() => sentenceEnd([] as object)).toThrow(/the options must be an object/);
});
