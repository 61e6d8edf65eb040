import { describe, expect, it, onTestFinished } from 'vitest';
import { respond, startScriptedService } from '../../support/scripted-service.ts';
import { cli, jsonLines } from '../run-cli.ts';

describe('fun-asr doctor', () => {
  it('exits with 0 and reports no failed check on a complete installation', async () => {
    const { exitCode, stdout } = await cli(['doctor', '--json']);
    expect(exitCode).toBe(0);
    const checks = jsonLines(stdout);
    expect(checks.map(({ name }) => name)).toEqual(['node', 'ffmpeg', 'key', 'cloud', 'engine', 'models']);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(checks.every(({ fix }) => typeof fix === 'string')).toBe(true);
    expect(checks.at(-1)).toMatchObject({ status: 'ok', detail: expect.stringContaining('moonshine-base') });
  });

  it('shows how to fix a missing FFmpeg and a rejected key, and never prints the key', async () => {
    const service = await startScriptedService({
      upgrade: respond(401, '{"code":"InvalidApiKey","message":"no"}'),
    });
    onTestFinished(() => service.close());
    const env = {
      FFMPEG_PATH: '/nowhere/ffmpeg',
      DASHSCOPE_API_KEY: 'sk-canary0123456789',
      DASHSCOPE_WEBSOCKET_BASE_URL: service.url,
    };
    const { exitCode, stdout } = await cli(['doctor'], { env });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/✖ ffmpeg .*\n +\S.*FFmpeg/);
    expect(stdout).toMatch(/✖ cloud .*401.*\n +\S.*key/);
    expect(stdout).not.toContain('canary');
  });
});
