import { describe, expect, it } from 'vitest';
import { vocabularyReady } from '../../lib/account/vocabulary-ready.ts';
import { startScriptedHttp } from '../support/scripted-http.ts';

describe('a list that is not ready', () => {
  const answer = (status: string) => ({ body: { output: { status, vocabulary: [] } } });

  it('is waited for', async () => {
    await using service = await startScriptedHttp((_, index) => answer(index < 2 ? 'UNDEPLOYED' : 'OK'));
    await vocabularyReady('vocab-a-1', { httpBaseUrl: service.url, pollMs: 1 });
    expect(service.requests).toHaveLength(3);
  });

  it('is not waited for longer than the limit', async () => {
    await using service = await startScriptedHttp(() => answer('UNDEPLOYED'));
    const waiting = vocabularyReady('vocab-a-1', { httpBaseUrl: service.url, pollMs: 5, timeoutMs: 20 });
    await expect(waiting).rejects.toMatchObject({
      code: 'E_TIMEOUT',
      message: 'the vocabulary vocab-a-1 is still UNDEPLOYED after 0.02 s',
    });
  });
});

it('refuses a list for another model, which the service would ignore without an error', async () => {
  const output = { status: 'OK', target_model: 'paraformer-realtime-v2', vocabulary: [] };
  await using service = await startScriptedHttp(() => ({ body: { output } }));
  const account = { httpBaseUrl: service.url };
  const model = 'fun-asr-realtime';
  await expect(vocabularyReady('vocab-a-1', { model, ...account })).rejects.toMatchObject({
    code: 'E_OPTION',
    message: 'the vocabulary vocab-a-1 is for paraformer-realtime-v2, not for fun-asr-realtime',
  });
  expect(await vocabularyReady('vocab-a-1', account)).toBeUndefined();
});
