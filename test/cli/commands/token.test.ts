import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../../../lib/service/service.ts';
import { countingEngine } from '../../support/counting-engine.ts';
import { cli, jsonLines } from '../run-cli.ts';

describe('fun-asr token', () => {
  let service: Service;
  let env: { DASHSCOPE_HTTP_BASE_URL: string; DASHSCOPE_API_KEY: string };

  beforeAll(async () => {
    service = await startService({ engine: countingEngine(), port: 0, token: 'sk-canary0123456789' });
    env = {
      DASHSCOPE_HTTP_BASE_URL: `http://127.0.0.1:${service.port}/api/v1`,
      DASHSCOPE_API_KEY: 'sk-canary0123456789',
    };
  });
  afterAll(() => service.close());

  it('prints a temporary key alone, and the service accepts it', async () => {
    const { stdout } = await cli(['token'], { env });
    expect(stdout).toMatch(/^st-[0-9a-f]{32}\n$/);
    const temporary = { ...env, DASHSCOPE_API_KEY: stdout.trim() };
    expect((await cli(['vocabulary', 'list', '--json'], { env: temporary })).exitCode).toBe(0);
  });

  it('prints the expiry time with --json', async () => {
    const lifetimeMs = 1_800_000;
    const earliest = Math.floor(Date.now() / 1000) * 1000 + lifetimeMs;
    const { stdout } = await cli(['token', '--expires-in', '1800', '--json'], { env });
    const [key] = jsonLines(stdout) as [{ expiresAt: string }];
    const expiresAt = Date.parse(key.expiresAt);
    expect(expiresAt).toBeGreaterThanOrEqual(earliest);
    expect(expiresAt).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000) * 1000 + lifetimeMs);
  });

  it('gives a hint that fits when there is no key', async () => {
    const none = { DASHSCOPE_API_KEY: '', DASHSCOPE_HTTP_BASE_URL: '' };
    const { exitCode, stderr } = await cli(['token'], { env: none });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Set DASHSCOPE_API_KEY\..*\[E_NO_KEY\]\n$/);
    expect(stderr).not.toContain('engine');
  });
});
