import { describe, expect, it } from 'vitest';
import { hasEndpoint, resolveEndpoint } from '../../lib/protocol/endpoint.ts';

const INTL = 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference';
const CN = 'wss://dashscope.aliyuncs.com/api-ws/v1/inference';
const OTHER = 'wss://asr.example.com/api-ws/v1/inference';

describe('the endpoint', () => {
  it.each([
    ['is the shared host of Singapore by default', {}, {}, INTL],
    ['is the shared host of the region', { region: 'cn' as const }, {}, CN],
    ['comes from the environment', {}, { DASHSCOPE_WEBSOCKET_BASE_URL: OTHER }, OTHER],
    [
      'of a region that is asked for beats the environment',
      { region: 'cn' as const },
      { DASHSCOPE_WEBSOCKET_BASE_URL: OTHER },
      CN,
    ],
    [
      'that is given whole beats all',
      { baseUrl: OTHER, region: 'cn' as const },
      { DASHSCOPE_WEBSOCKET_BASE_URL: INTL },
      OTHER,
    ],
  ])('%s', (_, options, environment, url) => {
    expect(resolveEndpoint({ apiKey: 'sk-x', ...options }, environment).url).toBe(url);
  });

  it('asks a key function anew for each connection', async () => {
    let count = 0;
    const endpoint = resolveEndpoint({ apiKey: async () => `st-${(count += 1)}` }, {});
    expect((await endpoint.headers()).authorization).toBe('Bearer st-1');
    expect((await endpoint.headers()).authorization).toBe('Bearer st-2');
  });

  it('takes key and workspace from the environment', async () => {
    const environment = { DASHSCOPE_API_KEY: 'sk-env', DASHSCOPE_WORKSPACE_ID: 'ws-env' };
    expect(await resolveEndpoint({}, environment).headers()).toMatchObject({
      authorization: 'Bearer sk-env',
      'X-DashScope-WorkSpace': 'ws-env',
    });
  });

  it('takes the line end off a key, and refuses what no key has', async () => {
    const headers = await resolveEndpoint({}, { DASHSCOPE_API_KEY: 'sk-file\r\n' }).headers();
    expect(headers.authorization).toBe('Bearer sk-file');
    expect(() => resolveEndpoint({ apiKey: 'sk-a\nb' }, {})).toThrow(
      expect.objectContaining({ code: 'E_OPTION' }),
    );
    const late = resolveEndpoint({ apiKey: () => 'sk-ключ' }, {}).headers();
    await expect(late).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.not.stringContaining('ключ') as string,
    });
  });

  it('takes an empty key for none', () => {
    const none = expect.objectContaining({ code: 'E_NO_KEY' });
    expect(() => resolveEndpoint({}, { DASHSCOPE_API_KEY: '' })).toThrow(none);
    expect(() => resolveEndpoint({ apiKey: '' }, {})).toThrow(none);
    expect(hasEndpoint({}, { DASHSCOPE_API_KEY: '' })).toBe(false);
  });

  it.each(['ws://127.0.0.1:8710/x', 'ws://127.1.2.3/x', 'ws://localhost/x', 'ws://[::1]:8710/x'])(
    'needs no key on this machine: %s',
    async (baseUrl) => {
      expect((await resolveEndpoint({ baseUrl }, {}).headers()).authorization).toBeUndefined();
    },
  );

  it.each([
    'ws://localhost.evil.example/x',
    'ws://127.0.0.1.nip.io/x',
    'ws://0.0.0.0/x',
    'ws://192.168.1.2/x',
    'https://dashscope.aliyuncs.com/api-ws/v1/inference',
    'ftp://example.com',
    'dashscope.aliyuncs.com',
    'wss://dashscope.aliyuncs.com/api-ws/v1/realtime?model=qwen3-asr-flash-realtime',
    'wss://dashscope.aliyuncs.com/api-ws/v1/inference?api_key=sk-x',
    'wss://user:sk-x@dashscope.aliyuncs.com/api-ws/v1/inference',
  ])('refuses %s', (baseUrl) => {
    expect(() => resolveEndpoint({ baseUrl, apiKey: 'sk-x' }, {})).toThrow(
      expect.objectContaining({ code: 'E_OPTION', hint: expect.any(String) as string }),
    );
  });

  it('sends no key where any certificate passes, but to this machine', async () => {
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const refusal = expect.objectContaining({
      code: 'E_TLS',
      message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED') as string,
    });
    expect(() => resolveEndpoint({ apiKey: 'sk-x' }, environment)).toThrow(refusal);
    const local = resolveEndpoint({ apiKey: 'sk-x', baseUrl: 'wss://localhost/x' }, environment);
    expect((await local.headers()).authorization).toBe('Bearer sk-x');
  });

  it('looks for that at each connection: the variable may be set later', async () => {
    const environment: Record<string, string> = {};
    const endpoint = resolveEndpoint({ apiKey: 'sk-x' }, environment);
    environment['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    await expect(endpoint.headers()).rejects.toMatchObject({ code: 'E_TLS' });
  });

  it('shows no key that a key function fails with', async () => {
    const apiKey = () => Promise.reject(new Error('Bearer sk-canary0123456789 was refused'));
    await expect(resolveEndpoint({ apiKey }, {}).headers()).rejects.toMatchObject({
      code: 'E_NO_KEY',
      message: 'the key function failed: Bearer … was refused',
    });
  });

  it('shows no key when it refuses a URL that carries one', () => {
    const baseUrl = 'wss://u:canary@dashscope.aliyuncs.com/api-ws/v1/inference?api_key=canary';
    expect(() => resolveEndpoint({ baseUrl }, {})).toThrow(/^(?!.*canary)/);
  });
});
