import { fileURLToPath } from 'node:url';
import { type Engine, openLocalEngine, type Service, startService } from 'fun-asr-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSnippet, snippetsOf } from '../support/snippets.ts';

const HIMSELF = fileURLToPath(new URL('../../fixtures/himself.ogg', import.meta.url));

describe('the samples on the page for users of the Python SDK', async () => {
  const snippets = await snippetsOf('from-python.md');
  let engine: Engine;
  let service: Service;

  beforeAll(async () => {
    engine = await openLocalEngine({ partials: true });
    service = await startService({ engine, port: 0 });
  });

  afterAll(async () => {
    await service.close();
    await engine.close();
  });

  const run = (snippet: string | undefined) =>
    runSnippet(snippet, { DASHSCOPE_WEBSOCKET_BASE_URL: service.url });

  it('are three', () => {
    expect(snippets).toHaveLength(3);
  });

  it('recognise a file in one call', async () => {
    const output = await run(snippets[0]);
    expect(output).toMatch(/^Recognition result:\n\[\n/);
    expect(output).toMatch(/text: 'And Mr\.? John Dashwood had then leisure/);
    expect(output).toMatch(
      /\[Metric\] requestId: [\da-f]{32}, first package delay ms: \d+, last package delay ms: \d+\n$/,
    );
  });

  it('recognise a microphone', async () => {
    // There is no microphone where the tests run: a device of FFmpeg that plays a recording stands for it.
    const device = `driver: 'lavfi', device: ${JSON.stringify(`amovie=${HIMSELF}`)}`;
    const output = await run(snippets[1]?.replace('capture({', `capture({ ${device},`));
    const lines = output.trim().split('\n');
    expect(lines.filter((line) => !line.includes(' text:') && !line.includes('sentence end'))).toEqual([
      "Press 'Ctrl+C' to stop recording and recognition...",
      'RecognitionCallback open.',
      'RecognitionCallback completed.',
      'RecognitionCallback close.',
      'Recognition stopped.',
    ]);
    expect(output).toMatch(/RecognitionCallback text: .*himself/);
    expect(output).toMatch(/sentence end, request_id:[\da-f]{32}, usage: \{ duration: \d+ \}/);
  });

  it('recognise a file as a stream', async () => {
    const output = await run(snippets[2]);
    expect(output).toMatch(/^Start Recognition\n\[.*\] RecognitionCallback text: /);
    expect(output).toMatch(/sentence end, request_id:[\da-f]{32}\n/);
    expect(output).toMatch(/Recognition completed\n\[Metric\] requestId: [\da-f]{32}\n$/);
  });
});
