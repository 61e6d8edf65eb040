import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTemporaryKey } from '../../lib/account/temporary-key.ts';
import { recognize } from '../../lib/recognize.ts';
import { type Service, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { startScriptedHttp } from '../support/scripted-http.ts';

async function start(): Promise<{ service: Service; account: { httpBaseUrl: string; apiKey: string } }> {
  const service = await startService({ engine: countingEngine(), port: 0, token: 'sk-permanent' });
  onTestFinished(() => service.close());
  return {
    service,
    account: { httpBaseUrl: `http://127.0.0.1:${service.port}/api/v1`, apiKey: 'sk-permanent' },
  };
}

/** Sends half a second of audio, and returns the text or the code of the error. */
async function recognised(service: Service, apiKey: string | (() => Promise<string>)): Promise<unknown> {
  const stage = recognize({ baseUrl: service.url, apiKey });
  let said = '';
  stage.on('data', ({ text }: { text: string }) => {
    said = text;
  });
  return pipeline(Readable.from([Buffer.alloc(16_000)]), stage).then(
    () => said,
    (error: { code: string }) => error.code,
  );
}

describe('a temporary key', () => {
  it('opens connections, with a new key for each', async () => {
    const { service, account } = await start();
    const made: string[] = [];
    const apiKey = async () => {
      const { token } = await createTemporaryKey(account);
      made.push(token);
      return token;
    };
    // At the same time: otherwise they share a connection, which needs a key only once.
    const both = await Promise.all([recognised(service, apiKey), recognised(service, apiKey)]);
    expect(both).toEqual(['Second 1.', 'Second 1.']);
    expect(new Set(made).size).toBe(2);
  });

  it('is refused after it has expired', async () => {
    const { service, account } = await start();
    const { token, expiresAt } = await createTemporaryKey({ ...account, expiresInSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, expiresAt.getTime() + 1000 - Date.now()));
    expect(await recognised(service, token)).toBe('E_AUTH');
  });

  it('is valid for a minute by default', async () => {
    await using service = await startScriptedHttp(() => ({
      body: { token: 'st-1', expires_at: 1744080369 },
    }));
    expect(await createTemporaryKey({ httpBaseUrl: service.url })).toEqual({
      token: 'st-1',
      expiresAt: new Date('2025-04-08T02:46:09Z'),
    });
    await createTemporaryKey({ httpBaseUrl: service.url, expiresInSeconds: 1800 });
    expect(service.requests.map(({ url, body }) => [url, body])).toEqual([
      ['/api/v1/tokens?expire_in_seconds=60', ''],
      ['/api/v1/tokens?expire_in_seconds=1800', ''],
    ]);
  });

  it('is not created with a wrong key, or for longer than half an hour', async () => {
    const { account } = await start();
    await expect(createTemporaryKey({ ...account, apiKey: 'sk-wrong' })).rejects.toMatchObject({
      code: 'E_AUTH',
      serviceCode: 'InvalidApiKey',
    });
    await expect(createTemporaryKey({ ...account, expiresInSeconds: 1801 })).rejects.toMatchObject({
      code: 'E_OPTION',
    });
  });

  it('causes an error when the response has none', async () => {
    await using service = await startScriptedHttp(() => ({ body: {} }));
    await expect(createTemporaryKey({ httpBaseUrl: service.url })).rejects.toMatchObject({
      code: 'E_PROTOCOL',
    });
  });
});
