import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../../lib/engines/local/phrases.ts';
import { openRuntime } from '../../../../lib/engines/local/runtime/open-runtime.ts';
import { Punctuation } from '../../../../lib/engines/local/words/punctuation.ts';
import { punctuationConfig } from '../../../../lib/engines/models/local-model.ts';
import type { EngineSentence } from '../../../../lib/service/engine.ts';

const MODEL = fileURLToPath(new URL('../../../../fixtures/models/punctuation/model.onnx', import.meta.url));

function sentence(text: string): EngineSentence {
  const words = wordsOf({ begin: 0, end: 1000, text }, '');
  return { begin_time: 0, end_time: 1000, text, words };
}

async function punctuate(text: string, language?: string, spoken = ['zh']): Promise<EngineSentence> {
  const punctuator = await (await openRuntime()).loadPunctuation(punctuationConfig(MODEL));
  const result = await new Punctuation(punctuator, ['zh', 'en'], spoken).add(sentence(text), language);
  expect(result.words.map((word) => word.text + word.punctuation).join('')).toBe(result.text);
  return result;
}

describe('Punctuation', () => {
  it.each([
    ['你好我是今天的水', '你好，我是？今天、的水。'],
    ['你好', '你好。'],
    ['你好 GPT-4 的 sea 我', '你好，GPT-4 的 sea，我。'],
    ['你好 100%', '你好，100%。'],
    ['We hear the sea and see birds', 'We hear the sea, and see, birds.'],
    ['We hear today', 'We hear today.'],
    ["it's 3.14 today the sea", "it's 3.14 today. the sea."],
  ])('writes %s as %s', async (text, expected) => {
    expect((await punctuate(text)).text).toBe(expected);
  });

  it('keeps the end of a text that sherpa-onnx leaves out', async () => {
    const text = '你好我今天的水你好我今天的水你好我今的水是';
    const result = await punctuate(text);
    expect(result.text).toBe('你好，我今天、的水。你好，我今天、的水。你好，我今的水。是？');
  });

  it('puts the mark beside the word, which keeps its times', async () => {
    const { words } = await punctuate('你好我');
    const before = sentence('你好我').words;
    expect(words).toEqual(before.map((word, index) => ({ ...word, punctuation: ['', '，', '。'][index] })));
  });

  it.each([
    ['has marks already', '你好，我', undefined, ['zh']],
    ['is in another language', 'los birds', 'es', ['zh', 'es']],
    ['may be in another language', '你好', undefined, ['zh', 'ja']],
    ['is in an unknown language', '你好', undefined, []],
  ])('does not change a sentence that %s', async (_, text, language, spoken) => {
    expect(await punctuate(text, language, spoken)).toEqual(sentence(text));
  });

  it('is used for Cantonese, which has the characters of Chinese', async () => {
    expect((await punctuate('你好', 'yue')).text).toBe('你好。');
  });
});
