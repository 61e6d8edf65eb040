import { describe, expect, it } from 'vitest';
import { resolveAccount } from '../../lib/account/account.ts';

const KEY = { DASHSCOPE_API_KEY: 'sk-canary' };

describe('the HTTP API of an account', () => {
  it.each([
    [{}, {}, 'https://dashscope-intl.aliyuncs.com/api/v1'],
    [{ region: 'cn' as const }, {}, 'https://dashscope.aliyuncs.com/api/v1'],
    [{}, { DASHSCOPE_HTTP_BASE_URL: 'https://example.com/api/v1/' }, 'https://example.com/api/v1'],
    [
      { region: 'intl' as const },
      { DASHSCOPE_HTTP_BASE_URL: 'https://example.com/api/v1' },
      'https://dashscope-intl.aliyuncs.com/api/v1',
    ],
    [
      { httpBaseUrl: 'https://ws-1.cn-beijing.maas.aliyuncs.com/api/v1', region: 'intl' as const },
      {},
      'https://ws-1.cn-beijing.maas.aliyuncs.com/api/v1',
    ],
    [{ workspaceId: 'ws-1' }, {}, 'https://dashscope-intl.aliyuncs.com/api/v1'],
    [
      { workspaceHost: true, region: 'cn' as const },
      { DASHSCOPE_WORKSPACE_ID: 'ws-1' },
      'https://ws-1.cn-beijing.maas.aliyuncs.com/api/v1',
    ],
    [
      { workspaceHost: true, workspaceId: 'ws-1' },
      { DASHSCOPE_HTTP_BASE_URL: 'https://example.com/api/v1' },
      'https://example.com/api/v1',
    ],
  ])('with %j and the environment %j is at %s', (options, environment, url) => {
    expect(resolveAccount(options, { ...KEY, ...environment }).baseUrl).toBe(url);
  });

  it('gets key and workspace in headers, and calls the key function for each request', async () => {
    let asked = 0;
    const account = resolveAccount({ apiKey: () => `sk-${(asked += 1)}`, workspaceId: 'ws-1' }, KEY);
    expect(await account.headers()).toMatchObject({
      authorization: 'Bearer sk-1',
      'X-DashScope-WorkSpace': 'ws-1',
    });
    expect(await account.headers()).toMatchObject({ authorization: 'Bearer sk-2' });
  });

  it('needs no key on this machine, and a key elsewhere', async () => {
    expect(
      await resolveAccount({ httpBaseUrl: 'http://127.0.0.1:8710/api/v1' }, {}).headers(),
    ).not.toHaveProperty('authorization');
    expect(() => resolveAccount({}, {})).toThrow(expect.objectContaining({ code: 'E_NO_KEY' }));
  });

  it.each([
    ['wss://example.com/api-ws/v1/inference', 'is not an HTTP URL'],
    ['http://example.com/api/v1', 'would send the key unencrypted'],
    ['https://example.com/api/v1?key=sk-secret', 'must not contain a key'],
    ['https://user:sk-secret@example.com/api/v1', 'must not contain a key'],
    ['dashscope', 'is not a URL'],
  ])('is never at %s, and the error does not contain a key', (httpBaseUrl, reason) => {
    const refusal = () => resolveAccount({ httpBaseUrl }, KEY);
    expect(refusal).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
    expect(refusal).toThrow(reason);
    expect(refusal).not.toThrow(/secret/);
  });
});
