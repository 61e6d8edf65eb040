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

  it('shows how to call the server of the Model Context Protocol', async () => {
    const folder = await snippetFolder(['@modelcontextprotocol/sdk']);
    const main = join(folder, 'node_modules/fun-asr-streams/dist/cli/main.js');
    const command = `command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(main)}`;
    const snippet = (snippets[2] ?? '').replace("command: 'npx', args: ['fun-asr'", command);
    expect(snippet).toContain(main);
    expect(await runSnippetIn(folder, snippet)).toBe('He was not an ill-disposed young man.\n\n');
  });
});
