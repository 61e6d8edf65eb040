import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node22 } from '../support/node-22.ts';
import { runSnippetIn, snippetFolder, snippetsOf } from '../support/snippets.ts';

describe('the page on adapters', async () => {
  const snippets = await snippetsOf('adapters.md');

  it('shows how to transcribe a recording with the AI SDK', async () => {
    const folder = await snippetFolder(['ai']);
    const output = await runSnippetIn(folder, snippets[0] ?? '', {}, await node22());
    expect(output).toBe('He was not an ill-disposed young man. 1 3.027\n');
  });

  it('shows how to transcribe live audio with the AI SDK', async () => {
    const folder = await snippetFolder(['ai']);
    const source = "capture({ driver: 'lavfi', device: 'amovie=talk.mp3' })";
    const snippet = (snippets[1] ?? '').replace('capture()', source);
    expect(await runSnippetIn(folder, snippet, {}, await node22())).toBe(
      '0.32 He was not an ill-disposed young man.\n',
    );
  });

  it('shows how to recognise frames with LiveKit Agents', async () => {
    const folder = await snippetFolder(['@livekit/agents']);
    expect(await runSnippetIn(folder, snippets[2] ?? '')).toMatch(
      /^0\.\d+ He was not an ill-disposed young man\.\n$/,
    );
  });

  it('shows how to call the server of the Model Context Protocol', async () => {
    const folder = await snippetFolder(['@modelcontextprotocol/sdk']);
    const main = join(folder, 'node_modules/fun-asr-streams/dist/cli/main.js');
    const command = `command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(main)}`;
    const snippet = (snippets[3] ?? '').replace("command: 'npx', args: ['fun-asr'", command);
    expect(snippet).toContain(main);
    expect(await runSnippetIn(folder, snippet)).toBe('He was not an ill-disposed young man.\n\n');
  });

  it('shows how to get spans and metrics, and lists all of them', async () => {
    const sdk = ['@opentelemetry/sdk-trace-base', '@opentelemetry/sdk-metrics'];
    const output = await runSnippetIn(await snippetFolder(sdk), snippets[4] ?? '');
    const names = new Set([...output.matchAll(/name: '(fun_asr\.[\w.]+)'/g)].map(([, name]) => name));
    expect([...names]).toEqual(
      expect.arrayContaining(['fun_asr.recording', 'fun_asr.recognition', 'fun_asr.connect', 'fun_asr.task']),
    );
    const page = await readFile(new URL('../../docs/adapters.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(fun_asr\.[\w.]+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(expect.arrayContaining([...names]));
    const source = await readFile(
      new URL('../../lib/adapters/opentelemetry/meters.ts', import.meta.url),
      'utf8',
    );
    const metrics = [...source.matchAll(/(?:counter|histogram)\('([\w.]+)'/g)].map(([, name]) => name);
    expect(rows.slice(4)).toEqual(expect.arrayContaining(metrics));
    expect(rows).toHaveLength(4 + metrics.length);
  });
});
