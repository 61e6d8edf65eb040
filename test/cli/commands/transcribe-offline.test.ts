import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, FIXTURES, jsonLines } from '../run-cli.ts';

describe('a machine without network', () => {
  it('transcribes with a copied folder of models, and without it names what to copy', async () => {
    const listed = jsonLines((await cli(['engine', 'list', '--json'])).stdout);
    const installed = listed.find(({ name }) => name === 'moonshine-base');
    const cache = await temporaryFolder();
    const env = {
      XDG_CACHE_HOME: cache,
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_fetch_retries: '0',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    };
    const cwd = await temporaryFolder();
    const args = ['transcribe', join(FIXTURES, 'himself.ogg'), '-o', '.'];

    const missing = await cli(args, { env, cwd });
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain(join(cache, 'fun-asr-streams', 'models', 'moonshine-base'));

    await mkdir(join(cache, 'fun-asr-streams', 'models'), { recursive: true });
    await cp(String(installed?.['folder']), join(cache, 'fun-asr-streams', 'models', 'moonshine-base'), {
      recursive: true,
    });
    expect((await cli(args, { env, cwd })).exitCode).toBe(0);
    expect(await readFile(join(cwd, 'himself.srt'), 'utf8')).toMatch(/himself/);
  });
});
