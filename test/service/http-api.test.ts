import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';

const CUSTOMIZATION = '/api/v1/services/audio/asr/customization';
const WORDS = [{ text: 'Fun-ASR', weight: 4, lang: 'en' }];

/** The body that the official Python SDK sends, with empty parameters. */
const create = JSON.stringify({
  model: 'speech-biasing',
  parameters: {},
  input: { action: 'create_vocabulary', target_model: 'fun-asr-realtime', prefix: 'demo', vocabulary: WORDS },
});

interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe('httpApi', () => {
  let service: Service;

  beforeAll(async () => {
    service = await startService({ engine: countingEngine(), port: 0, token: 'sk-permanent' });
  });
  afterAll(() => service.close());

  async function ask(path: string, init: RequestOptions = {}): Promise<{ status: number; body: unknown }> {
    const headers = { authorization: 'bearer sk-permanent', ...init.headers };
    const response = await fetch(`http://127.0.0.1:${service.port}${path}`, {
      method: 'POST',
      ...init,
      headers,
    });
    return { status: response.status, body: await response.json() };
  }

  it('answers with output, usage and request id', async () => {
    expect(await ask(CUSTOMIZATION, { body: create })).toEqual({
      status: 200,
      body: {
        output: { vocabulary_id: expect.stringMatching(/^vocab-demo-[0-9a-f]{24}$/) },
        usage: { count: 1 },
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  it('makes temporary keys that are accepted like the permanent one', async () => {
    const { status, body } = await ask('/api/v1/tokens?expire_in_seconds=1800');
    const { token } = body as { token: string };
    expect([status, body]).toEqual([200, { token, expires_at: expect.any(Number) }]);
    const headers = { authorization: `Bearer ${token}` };
    expect(await ask('/api/v1/tokens', { headers })).toMatchObject({ status: 200 });
  });

  it.each<[string, string, RequestOptions, number, string]>([
    ['a wrong key', CUSTOMIZATION, { headers: { authorization: 'Bearer x' } }, 401, 'InvalidApiKey'],
    ['a web page', CUSTOMIZATION, { headers: { origin: 'https://evil.example' } }, 403, 'AccessDenied'],
    ['another path', '/api/v1/quotas', {}, 426, 'UpgradeRequired'],
    ['another method', CUSTOMIZATION, { method: 'GET' }, 405, 'MethodNotAllowed'],
    ['invalid JSON', CUSTOMIZATION, { body: 'vocabulary' }, 400, 'InvalidParameter'],
    [
      'deeply nested JSON',
      CUSTOMIZATION,
      { body: '['.repeat(100_000) + ']'.repeat(100_000) },
      400,
      'InvalidParameter',
    ],
    ['a body without input', CUSTOMIZATION, { body: '{"model":"speech-biasing"}' }, 400, 'InvalidParameter'],
    ['another model', CUSTOMIZATION, { body: '{"model":"x","input":{}}' }, 404, 'ModelNotFound'],
    ['a body that is too large', CUSTOMIZATION, { body: ' '.repeat(300_000) }, 413, 'InvalidParameter'],
    ['a lifetime that is too long', '/api/v1/tokens?expire_in_seconds=1801', {}, 400, 'InvalidParameter'],
    ['a lifetime that is not a number', '/api/v1/tokens?expire_in_seconds=soon', {}, 400, 'InvalidParameter'],
  ])('refuses %s with status, code and message', async (_, path, init, status, code) => {
    expect(await ask(path, init)).toEqual({
      status,
      body: { code, message: expect.any(String), request_id: expect.any(String) },
    });
  });

  it('stops reading a request after it was refused', async () => {
    const socket = connect(service.port, '127.0.0.1');
    const head = `POST ${CUSTOMIZATION} HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000000\r\n\r\n`;
    socket.on('error', () => {}).write(head);
    const sending = setInterval(() => socket.write(Buffer.alloc(64 * 1024)), 1);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(sending);
    expect(socket.bytesWritten).toBeLessThan(100_000_000);
  });

  it.each(['//', 'http://[', '*'])('answers the invalid target %s', async (target) => {
    const socket = connect(service.port, '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});
