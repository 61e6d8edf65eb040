import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../lib/service/engine.ts';
import { openLocalEngine } from '../lib/engines/local/local-engine.ts';
import { type Service, startService } from '../lib/service/service.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = await readFile(join(ROOT, 'README.md'), 'utf8');
const SNIPPETS = [...README.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '');

describe('the README', () => {
  let folder: string;
  let engine: Engine;
  let service: Service;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'readme-'));
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules', 'fun-asr-streams'), 'junction');
    await cp(join(ROOT, 'fixtures', 'ill-disposed.mp3'), join(folder, 'talk.mp3'));
    engine = await openLocalEngine();
    service = await startService({ engine, port: 0 });
  });

  afterAll(async () => {
    await service.close();
    await engine.close();
    await rm(folder, { recursive: true });
  });

  /** Runs a snippet as it stands, in a project that has the package installed and a talk.mp3. */
  async function run(
    snippet: string,
    environment: Record<string, string>,
  ): Promise<{ code: number; output: string }> {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', snippet], {
      cwd: folder,
      env: { ...process.env, ...environment },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const code = await new Promise<number>((resolve) =>
      child.once('close', (status) => resolve(status ?? -1)),
    );
    return { code, output };
  }

  it('has snippets', () => {
    expect(SNIPPETS).toHaveLength(3);
  });

  it('shows a pipeline that writes subtitles', async () => {
    const result = await run(SNIPPETS[0] ?? '', { DASHSCOPE_WEBSOCKET_BASE_URL: service.url });
    expect(result).toEqual({ code: 0, output: '' });
    const subtitles = await readFile(join(folder, 'talk.srt'), 'utf8');
    expect(subtitles).toMatch(
      /^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\nHe was not an ill-disposed young man\.\n/,
    );
  });

  it('shows how to start the local service', async () => {
    expect(await run(SNIPPETS[1] ?? '', {})).toEqual({ code: 0, output: '' });
  });

  it('shows the sentences of a recording', async () => {
    const { code, output } = await run(SNIPPETS[2] ?? '', { DASHSCOPE_WEBSOCKET_BASE_URL: service.url });
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^\d+ He was not an ill-disposed young man\.\n$/),
    ]);
  });

  it('names the two commands that a newcomer types, and they are there', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(README).toContain('npm ci && npm run transcribe -- fixtures/');
    expect(README).toContain('npm ci && npm test');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['transcribe', 'fun-asr', 'test']));
  });
});
