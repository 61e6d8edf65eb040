import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runSnippetIn, snippetFolder, snippetsOf } from '../support/snippets.ts';

describe('the page on live captions', { timeout: 180_000 }, async () => {
  const snippets = await snippetsOf('browser-captions.md');
  /** Ends the program of a snippet, which would wait for pages. */
  const END = `
    const { status, headers } = await fetch(\`http://127.0.0.1:\${service.port}/\`);
    console.log(status, headers.get('content-type'));
    await service.close();
    await engine.close();`;

  it('shows a service with the page', async () => {
    expect(snippets).toHaveLength(2);
    const output = await runSnippetIn(await snippetFolder(), `${snippets[0] ?? ''}${END}`);
    expect(output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n200 text\/html; charset=utf-8\n$/);
  });

  it('shows a page with the captions of a file', async () => {
    const ended = "await new Promise((resolve) => sentences.once('close', resolve));";
    const output = await runSnippetIn(await snippetFolder(), `${snippets[1] ?? ''}${ended}${END}`);
    expect(output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n200 text\/html; charset=utf-8\n$/);
  });

  it('states the limits of the code', async () => {
    const page = await readFile(new URL('../../docs/browser-captions.md', import.meta.url), 'utf8');
    const source = await readFile(
      new URL('../../lib/caption-page/page-connection.ts', import.meta.url),
      'utf8',
    );
    const codes = [...page.matchAll(/close code (44\d\d)/g)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(2);
    for (const code of codes) expect(source).toContain(`[${code}, `);
  });
});
