import { describe, expect, it } from 'vitest';
import { resolveEndpoint } from '../../lib/protocol/endpoint.ts';

describe('credentialHeaders', () => {
  it('calls a key function for each connection', async () => {
    let count = 0;
    const endpoint = resolveEndpoint({ apiKey: async () => `st-${(count += 1)}` }, {});
    expect((await endpoint.headers()).authorization).toBe('Bearer st-1');
    expect((await endpoint.headers()).authorization).toBe('Bearer st-2');
  });

  it('reads key and workspace from the environment', async () => {
    const environment = { DASHSCOPE_API_KEY: 'sk-env', DASHSCOPE_WORKSPACE_ID: 'ws-env' };
    expect(await resolveEndpoint({}, environment).headers()).toMatchObject({
      authorization: 'Bearer sk-env',
      'X-DashScope-WorkSpace': 'ws-env',
    });
  });

  it('removes the line end of a key, and refuses characters that no key contains', async () => {
    const headers = await resolveEndpoint({}, { DASHSCOPE_API_KEY: 'sk-file\r\n' }).headers();
    expect(headers.authorization).toBe('Bearer sk-file');
    expect(() => resolveEndpoint({ apiKey: 'sk-a\nb' }, {})).toThrow(
      expect.objectContaining({ code: 'E_OPTION' }),
    );
    const headersOfInvalidKey = resolveEndpoint({ apiKey: () => 'sk-ключ' }, {}).headers();
    await expect(headersOfInvalidKey).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.not.stringContaining('ключ') as string,
    });
  });

  it('sends no key while certificates are not verified, except to this machine', async () => {
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const refusal = expect.objectContaining({
      code: 'E_TLS',
      message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED') as string,
    });
    expect(() => resolveEndpoint({ apiKey: 'sk-x' }, environment)).toThrow(refusal);
    const local = resolveEndpoint({ apiKey: 'sk-x', baseUrl: 'wss://localhost/x' }, environment);
    expect((await local.headers()).authorization).toBe('Bearer sk-x');
  });

  it('checks at each connection whether certificates are verified', async () => {
    const environment: Record<string, string> = {};
    const endpoint = resolveEndpoint({ apiKey: 'sk-x' }, environment);
    environment['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    await expect(endpoint.headers()).rejects.toMatchObject({ code: 'E_TLS' });
  });

  it('does not show a key in the error of a key function', async () => {
    const apiKey = () => Promise.reject(new Error('Bearer sk-canary0123456789 was refused'));
    await expect(resolveEndpoint({ apiKey }, {}).headers()).rejects.toMatchObject({
      code: 'E_NO_KEY',
      message: 'the key function failed: Bearer … was refused',
    });
  });
});
