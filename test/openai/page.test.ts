import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runSnippetIn, snippetFolder, snippetsOf } from '../support/snippets.ts';
import { openDoor } from './door.ts';

const PAGE = await readFile(new URL('../../docs/openai-endpoint.md', import.meta.url), 'utf8');
const PACKAGE = fileURLToPath(new URL('../../node_modules/openai', import.meta.url));

describe('the page on the OpenAI endpoint', async () => {
  const snippets = await snippetsOf('openai-endpoint.md');

  /** Runs a snippet with the official client installed, against a door. */
  async function run(snippet = ''): Promise<string> {
    const { origin } = await openDoor();
    const folder = await snippetFolder();
    await symlink(PACKAGE, join(folder, 'node_modules', 'openai'), 'junction');
    return await runSnippetIn(folder, snippet, { OPENAI_BASE_URL: `${origin}/v1`, OPENAI_API_KEY: 'any' });
  }

  it('shows how to get words', async () => {
    expect(await run(snippets[0])).toMatch(/^Second 1\. Second 2\. .* \d+\n$/);
  });

  it('shows how to read a stream', async () => {
    expect(await run(snippets[1])).toMatch(/^Second 1\.\n Second 2\.\n/);
  });

  it('shows how to start a service in another program', async () => {
    expect(snippets).toHaveLength(3);
    const stop = "process.kill(process.pid, 'SIGTERM');";
    expect(await runSnippetIn(await snippetFolder(), `${snippets[2] ?? ''}\n${stop}`)).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/v1\n$/,
    );
  });

  it('shows how to use curl', async () => {
    const { origin } = await openDoor();
    const folder = await snippetFolder();
    const lines = [...PAGE.matchAll(/^curl .*$/gm)].map(([line]) =>
      line.replace('http://127.0.0.1:8710', origin),
    );
    const outputs: string[] = [];
    for (const line of lines) {
      const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: folder });
      outputs.push(stdout);
    }
    expect(outputs).toEqual([
      expect.stringMatching(/^\{"text":"Second 1\./),
      expect.stringMatching(/^1\n00:00:00,000 --> /),
    ]);
  });
});
