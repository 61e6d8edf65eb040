import { describe, expect, it } from 'vitest';
import { isEndpointConfigured, resolveEndpoint } from '../../lib/protocol/endpoint.ts';

const INTL = 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference';
const CN = 'wss://dashscope.aliyuncs.com/api-ws/v1/inference';
const OTHER = 'wss://asr.example.com/api-ws/v1/inference';

describe('resolveEndpoint', () => {
  it.each([
    ['uses the shared host of Singapore by default', {}, {}, INTL],
    ['uses the shared host of the region', { region: 'cn' as const }, {}, CN],
    ['uses the URL of the environment', {}, { DASHSCOPE_WEBSOCKET_BASE_URL: OTHER }, OTHER],
    [
      'prefers the option region to the environment',
      { region: 'cn' as const },
      { DASHSCOPE_WEBSOCKET_BASE_URL: OTHER },
      CN,
    ],
    [
      'prefers the option baseUrl to everything else',
      { baseUrl: OTHER, region: 'cn' as const },
      { DASHSCOPE_WEBSOCKET_BASE_URL: INTL },
      OTHER,
    ],
    ['uses the shared host also with a workspace', { workspaceId: 'ws-1' }, {}, INTL],
    [
      'uses the host of the workspace when it is asked for',
      { workspaceHost: true, workspaceId: 'ws-1' },
      {},
      'wss://ws-1.ap-southeast-1.maas.aliyuncs.com/api-ws/v1/inference',
    ],
    [
      'uses the host of the workspace of the environment, in the region',
      { workspaceHost: true, region: 'cn' as const },
      { DASHSCOPE_WORKSPACE_ID: 'ws-env', DASHSCOPE_WEBSOCKET_BASE_URL: OTHER },
      'wss://ws-env.cn-beijing.maas.aliyuncs.com/api-ws/v1/inference',
    ],
    [
      'prefers the URL of the environment to the host of a workspace',
      { workspaceHost: true, workspaceId: 'ws-1' },
      { DASHSCOPE_WEBSOCKET_BASE_URL: OTHER },
      OTHER,
    ],
    [
      'prefers the option baseUrl to the host of a workspace',
      { workspaceHost: true, workspaceId: 'ws-1', baseUrl: OTHER },
      {},
      OTHER,
    ],
  ])('%s', (_, options, environment, url) => {
    expect(resolveEndpoint({ apiKey: 'sk-x', ...options }, environment).url).toBe(url);
  });

  it('knows the region of the host of a workspace', () => {
    const options = { apiKey: 'sk-x', workspaceHost: true, workspaceId: 'ws-1' };
    expect(resolveEndpoint(options, {}).region).toBe('intl');
    expect(resolveEndpoint({ ...options, region: 'cn' }, {}).region).toBe('cn');
  });

  it.each([
    'evil.example/',
    'evil.example#',
    'evil.example?',
    'evil.example\\',
    'key@evil.example:443/',
    'a.b',
    'a_b',
    '-a',
    'a-',
    'a b',
    'ä',
    'x'.repeat(64),
  ])('sends no key to a host that a workspace named %j could make', (workspaceId) => {
    for (const refusal of [
      () => resolveEndpoint({ apiKey: 'sk-x', workspaceHost: true, workspaceId }, {}),
      () => resolveEndpoint({ apiKey: 'sk-x', workspaceHost: true }, { DASHSCOPE_WORKSPACE_ID: workspaceId }),
    ]) {
      expect(refusal).toThrow(
        expect.objectContaining({
          code: 'E_OPTION',
          message: expect.stringContaining('cannot be part of a host name') as string,
        }),
      );
    }
  });

  it('refuses the host of a workspace without a workspace, and says where to set it', () => {
    expect(() => resolveEndpoint({ apiKey: 'sk-x', workspaceHost: true }, {})).toThrow(
      expect.objectContaining({
        code: 'E_OPTION',
        message: 'workspaceHost needs a workspace',
        hint: expect.stringContaining('DASHSCOPE_WORKSPACE_ID') as string,
      }),
    );
  });

  it('treats an empty key as not set', () => {
    const noKey = expect.objectContaining({ code: 'E_NO_KEY' });
    expect(() => resolveEndpoint({}, { DASHSCOPE_API_KEY: '' })).toThrow(noKey);
    expect(() => resolveEndpoint({ apiKey: '' }, {})).toThrow(noKey);
    expect(isEndpointConfigured({}, { DASHSCOPE_API_KEY: '' })).toBe(false);
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

  it('does not show the key of a URL that it refuses', () => {
    const baseUrl = 'wss://u:canary@dashscope.aliyuncs.com/api-ws/v1/inference?api_key=canary';
    expect(() => resolveEndpoint({ baseUrl }, {})).toThrow(/^(?!.*canary)/);
  });
});
