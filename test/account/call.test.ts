import { describe, expect, it } from 'vitest';
import type { Account } from '../../lib/account/account.ts';
import { call } from '../../lib/account/call.ts';
import { type ScriptedAnswer, startScriptedHttp } from '../support/scripted-http.ts';

const REFUSED = { status: 429, body: { code: 'Throttling.RateQuota', message: 'slower' } };
const FAILED = { status: 503, body: { code: 'ServiceUnavailable', message: 'later' } };

/** Calls a service that gives some responses and then succeeds. Returns the outcome and the key of each request. */
async function callAgainst(
  answers: readonly ScriptedAnswer[],
  isRepeatable: boolean,
): Promise<{ outcome: unknown; keys: unknown[] }> {
  await using service = await startScriptedHttp(
    (_request, index) => answers[index] ?? { body: { ok: true } },
  );
  let keys = 0;
  const account: Account = {
    baseUrl: service.url,
    headers: async () => ({ authorization: `Bearer ${(keys += 1)}` }),
  };
  const outcome = await call(account, { path: '/x', isRepeatable }, {}).catch((error: unknown) => error);
  return { outcome, keys: service.requests.map(({ headers }) => headers.authorization) };
}

describe('a call', () => {
  it('is repeated after a failure of the service, with a new key', async () => {
    const { outcome, keys } = await callAgainst([FAILED, REFUSED], true);
    expect(outcome).toEqual({ ok: true });
    expect(keys).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3']);
  });

  it('that must not be sent twice is repeated only after the service has refused it', async () => {
    const { outcome, keys } = await callAgainst([REFUSED, FAILED], false);
    expect(outcome).toMatchObject({ code: 'E_SERVER' });
    expect(keys).toHaveLength(2);
  });

  it('is not repeated after a permanent failure', async () => {
    const { outcome, keys } = await callAgainst([{ status: 401 }], true);
    expect(outcome).toMatchObject({ code: 'E_AUTH' });
    expect(keys).toHaveLength(1);
  });

  it('fails after four attempts', async () => {
    const { outcome, keys } = await callAgainst(
      Array.from({ length: 9 }, () => FAILED),
      true,
    );
    expect(outcome).toMatchObject({ code: 'E_SERVER', retryable: true });
    expect(keys).toHaveLength(4);
  });

  it('stops waiting when it is aborted', async () => {
    await using service = await startScriptedHttp(() => FAILED);
    const account = { baseUrl: service.url, headers: async () => ({}) };
    const controller = new AbortController();
    const calling = call(account, { path: '/x', isRepeatable: true }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(calling).rejects.toMatchObject({ name: 'AbortError' });
  });
});
