import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../lib/service/service.ts';
import { countingEngine } from './support/counting-engine.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HOT_WORDS = await readFile(join(ROOT, 'docs', 'hot-words.md'), 'utf8');
const SNIPPETS = [...HOT_WORDS.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '');

/** Runs a snippet as it stands, in a project that has the package installed and a talk.mp3; gives its output. */
async function run(snippet: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules', 'fun-asr-streams'), 'junction');
  await cp(join(ROOT, 'fixtures', 'ill-disposed.mp3'), join(folder, 'talk.mp3'));
  const service = await startService({ engine: countingEngine(), port: 0 });
  onTestFinished(() => service.close());
  const child = spawn(process.execPath, ['--input-type=module', '--eval', snippet], {
    cwd: folder,
    env: {
      ...process.env,
      DASHSCOPE_HTTP_BASE_URL: `http://127.0.0.1:${service.port}/api/v1`,
      DASHSCOPE_WEBSOCKET_BASE_URL: service.url,
    },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return output + errors;
}

describe('the page on hot words', () => {
  it('has two snippets', () => {
    expect(SNIPPETS).toHaveLength(2);
  });

  it('shows how to make a list and recognise with it', async () => {
    expect(await run(SNIPPETS[0] ?? '')).toMatch(/^Second 1\.\nSecond 2\.\n/);
  });

  it('shows how to recognise with temporary keys', async () => {
    // The snippet sends no audio; this does.
    const sending = `for await (const { text } of recognizer) console.log(text);`;
    const snippet = `${SNIPPETS[1] ?? ''}\nrecognizer.end(Buffer.alloc(16_000));\n${sending}`;
    expect(await run(snippet)).toBe('Second\nSecond 1.\n');
  });
});
