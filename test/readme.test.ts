import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cli, jsonLines } from './cli/run-cli.ts';
import { runSnippetIn, snippetFolder } from './support/snippets.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = await readFile(join(ROOT, 'README.md'), 'utf8');
const SNIPPETS = [...README.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '');

/** The snippet that contains a text. */
function snippet(text: string): string {
  const found = SNIPPETS.filter((code) => code.includes(text));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

describe('the README', () => {
  it('has three snippets, and each of them is run here', () => {
    expect(SNIPPETS).toHaveLength(3);
  });

  it('starts with a pipeline that writes subtitles without an account', async () => {
    const folder = await snippetFolder();
    expect(await runSnippetIn(folder, snippet('createWriteStream'))).toBe('');
    expect(await readFile(join(folder, 'talk.srt'), 'utf8')).toMatch(
      /^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\nHe was not an ill-disposed young man\.\n/,
    );
  });

  it('shows how to get the sentences of a recording', async () => {
    const output = await runSnippetIn(await snippetFolder(), snippet('console.log(begin_time'));
    expect(output).toMatch(/^\d+ He was not an ill-disposed young man\.\n$/);
  });

  it('shows how to use one local engine for several recordings', async () => {
    const folder = await snippetFolder();
    await cp(join(folder, 'talk.mp3'), join(folder, 'interview.mp3'));
    expect(await runSnippetIn(folder, snippet('openLocalEngine('))).toBe(
      'talk.mp3 He was not an ill-disposed young man.\ninterview.mp3 He was not an ill-disposed young man.\n',
    );
  });

  it('shows a sentence with the fields and times of the real one', async () => {
    const folder = await temporaryFolder();
    await cp(join(ROOT, 'fixtures', 'ill-disposed.mp3'), join(folder, 'talk.mp3'));
    await cli(['transcribe', 'talk.mp3', '-f', 'jsonl', '-q'], { cwd: folder });
    const [real] = jsonLines(await readFile(join(folder, 'talk.jsonl'), 'utf8'));
    const [, shown = ''] = /^```json\n(.*?)^```/ms.exec(README) ?? [];
    expect({ ...real, words: [], request_id: '…' }).toMatchObject(jsonLines(shown)[0] ?? {});
  });

  it('starts with the two commands for a fresh clone, which package.json defines', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const firstScreen = README.split('\n').slice(0, 25).join('\n');
    expect(firstScreen).toContain('npm ci && npm run transcribe -- fixtures/');
    expect(firstScreen).toContain('npm ci && npm test');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['transcribe', 'fun-asr', 'test']));
  });
});
