import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../../../lib/service/service.ts';
import { countingEngine } from '../../support/counting-engine.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cli, jsonLines } from '../run-cli.ts';

describe('fun-asr vocabulary', () => {
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

  it('creates a list from lines, shows it, replaces it from JSON, and deletes it', async () => {
    const folder = await temporaryFolder();
    const lines = join(folder, 'words.txt');
    const json = join(folder, 'words.json');
    await writeFile(lines, 'Fun-ASR\r\n\n  Ilse Werner \n');
    await writeFile(json, ' [{"text": "Moonshine", "weight": 5}, {"text": "热词", "lang": "zh"}]');
    const created = await cli(['vocabulary', 'create', 'demo', lines, '--lang', 'en'], { env });
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    const id = created.stdout.trim();
    expect(created.stdout).toBe(`${id}\n`);

    const shown = await cli(['vocabulary', 'query', id], { env });
    expect(shown.stdout).toMatch(/^HOT WORD +WEIGHT +LANGUAGE\nFun-ASR +4 +en\nIlse Werner +4 +en\n/);
    expect(shown.stdout).toContain('\nModel: fun-asr-realtime. Status: OK.\n');
    const listed = await cli(['vocabulary', 'list', '--prefix', 'demo'], { env });
    expect(listed.stdout).toMatch(new RegExp(`^ID .*\n${id} +OK +`));

    const updated = await cli(['vocabulary', 'update', id, json, '--weight', '2', '--json'], { env });
    expect(jsonLines(updated.stdout)).toEqual([{ vocabulary_id: id, status: 'updated' }]);
    const after = await cli(['vocabulary', 'query', id, '--json'], { env });
    expect(jsonLines(after.stdout)).toMatchObject([
      {
        vocabulary_id: id,
        target_model: 'fun-asr-realtime',
        vocabulary: [
          { text: 'Moonshine', weight: 5 },
          { text: '热词', weight: 2, lang: 'zh' },
        ],
      },
    ]);

    expect(await cli(['vocabulary', 'delete', id], { env })).toMatchObject({
      exitCode: 0,
      stderr: `${id}: deleted\n`,
    });
    const missing = await cli(['vocabulary', 'query', id], { env });
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toMatch(/Not found!.* id.*\[E_PARAM, request id /);
  });

  it('exits with 4 when the key is rejected, and never prints the key', async () => {
    const wrong = { ...env, DASHSCOPE_API_KEY: 'sk-canary-wrong' };
    const { exitCode, stdout, stderr } = await cli(['vocabulary', 'list'], { env: wrong });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('[E_AUTH');
    expect(stdout + stderr).not.toContain('canary');
  });

  it('reports a missing file and invalid JSON by the name of the file', async () => {
    const missing = await cli(['vocabulary', 'create', 'demo', '/nowhere/words.txt'], { env });
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toMatch(
      /^error: \/nowhere\/words\.txt: cannot read the hot words: .*\[E_READ\]$/m,
    );
    const path = join(await temporaryFolder(), 'words.json');
    await writeFile(path, '[{"text": ');
    const invalid = await cli(['vocabulary', 'create', 'demo', path], { env });
    expect(invalid.exitCode).toBe(2);
    expect(invalid.stderr).toMatch(/words\.json: invalid JSON: .*\[E_OPTION\]$/m);
  });
});
