import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createVocabulary,
  deleteVocabulary,
  listVocabularies,
  queryVocabulary,
  updateVocabulary,
} from '../../lib/account/vocabulary.ts';
import { vocabularyReady } from '../../lib/account/vocabulary-ready.ts';
import { type Service, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { startScriptedHttp } from '../support/scripted-http.ts';

const WORDS = [{ text: 'Fun-ASR', weight: 5, lang: 'en' }, { text: 'Moonshine' }];

describe('the hot-word lists of an account', () => {
  let service: Service;
  let account: { httpBaseUrl: string };

  beforeAll(async () => {
    service = await startService({ engine: countingEngine(), port: 0 });
    account = { httpBaseUrl: `http://127.0.0.1:${service.port}/api/v1` };
  });
  afterAll(() => service.close());

  it('are created, shown, changed and deleted', async () => {
    const id = await createVocabulary(WORDS, { prefix: 'demo1', ...account });
    expect(id).toMatch(/^vocab-demo1-[0-9a-f]+$/);
    await vocabularyReady(id, account);
    expect(await queryVocabulary(id, account)).toMatchObject({
      status: 'OK',
      target_model: 'fun-asr-realtime',
      vocabulary: [WORDS[0], { text: 'Moonshine', weight: 4 }],
      gmt_create: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    await updateVocabulary(id, [{ text: 'Ilse' }], account);
    expect((await queryVocabulary(id, account)).vocabulary).toEqual([{ text: 'Ilse', weight: 4 }]);
    await deleteVocabulary(id, account);
    await expect(queryVocabulary(id, account)).rejects.toMatchObject({
      code: 'E_PARAM',
      serviceCode: 'NotFound',
    });
  });

  it('are listed over all pages, all of them or those of one prefix', async () => {
    const made: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      made.push(await createVocabulary(WORDS, { prefix: 'many', ...account }));
    }
    const other = await createVocabulary(WORDS, {
      prefix: 'other',
      model: 'paraformer-realtime-v2',
      ...account,
    });
    const ids = async (options: object) =>
      (await listVocabularies({ ...account, ...options })).map(({ vocabulary_id }) => vocabulary_id);
    expect(await ids({})).toEqual([...made, other]);
    expect(await ids({ prefix: 'many' })).toEqual(made);
    expect(await ids({ prefix: 'none' })).toEqual([]);
  });
});

describe('refuses before anything is sent', () => {
  it.each([
    ['a prefix in capitals', 'Demo', WORDS, /prefix must be 1 to 9 lower-case letters and digits/],
    ['a prefix of ten characters', 'abcdefghij', WORDS, /prefix must be 1 to 9/],
    ['no words', 'demo', [], /createVocabulary: there are no hot words/],
    ['a language that the model lacks', 'demo', [{ text: 'ja', lang: 'de' }], /recognises zh, en, ja only/],
  ])('%s', async (_, prefix, words, message) => {
    await using service = await startScriptedHttp(() => ({}));
    const creating = createVocabulary(words, { prefix, httpBaseUrl: service.url });
    await expect(creating).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringMatching(message),
    });
    expect(service.requests).toEqual([]);
  });

  it('an unknown option, and words with a weight that is not allowed', async () => {
    const misspelt = { prefix: 'demo', target_model: 'x' };
    await expect(createVocabulary(WORDS, misspelt)).rejects.toMatchObject({ code: 'E_OPTION' });
    await expect(updateVocabulary('vocab-demo-1', [{ text: 'a', weight: 6 }])).rejects.toMatchObject({
      code: 'E_OPTION',
    });
  });
});

describe('on the wire', () => {
  it('creates a list with the request of the official page', async () => {
    await using service = await startScriptedHttp(() => ({
      body: { output: { vocabulary_id: 'vocab-a-1' } },
    }));
    expect(await createVocabulary(WORDS, { prefix: 'a', httpBaseUrl: service.url })).toBe('vocab-a-1');
    expect(service.requests[0]?.url).toBe('/api/v1/services/audio/asr/customization');
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({
      model: 'speech-biasing',
      input: {
        action: 'create_vocabulary',
        target_model: 'fun-asr-realtime',
        prefix: 'a',
        vocabulary: [WORDS[0], { text: 'Moonshine', weight: 4 }],
      },
    });
  });

  it('does not repeat the creation of a list', async () => {
    await using service = await startScriptedHttp(() => ({ status: 500 }));
    await expect(createVocabulary(WORDS, { prefix: 'a', httpBaseUrl: service.url })).rejects.toMatchObject({
      code: 'E_SERVER',
    });
    expect(service.requests).toHaveLength(1);
  });

  it.each([
    ['an id', (httpBaseUrl: string) => createVocabulary(WORDS, { prefix: 'a', httpBaseUrl })],
    ['a list', (httpBaseUrl: string) => listVocabularies({ httpBaseUrl })],
    ['words', (httpBaseUrl: string) => queryVocabulary('vocab-a-1', { httpBaseUrl })],
  ])('fails at a response without %s', async (_, ask) => {
    await using service = await startScriptedHttp(() => ({ body: { output: null } }));
    await expect(ask(service.url)).rejects.toMatchObject({ code: 'E_PROTOCOL' });
  });
});
