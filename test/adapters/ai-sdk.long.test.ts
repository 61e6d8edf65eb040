import { join } from 'node:path';
import { createFunAsr } from 'fun-asr-streams/ai-sdk';
import { describe, expect, it } from 'vitest';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../lib/testing/audio/self-describing-audio.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { FIXTURES } from '../cli/run-cli.ts';
import { node22 } from '../support/node-22.ts';
import { packageCopy } from '../support/package-copy.ts';
import { runSnippetIn, snippetFolder } from '../support/snippets.ts';

/** Runs a program that prints JSON, with the real AI SDK, on the Node.js that it needs. */
async function run(program: string): Promise<Record<string, unknown>> {
  const folder = await snippetFolder(['ai']);
  const source = `
    import { readFile } from 'node:fs/promises';
    import { createProviderRegistry, experimental_streamTranscribe as streamTranscribe, transcribe } from 'ai';
    import { createFunAsr } from 'fun-asr-streams/ai-sdk';
    globalThis.AI_SDK_LOG_WARNINGS = false;
    const recording = (name) => readFile(${JSON.stringify(FIXTURES)} + name);
    const print = (result) => console.log(JSON.stringify(result));
    ${program}`;
  const output = await runSnippetIn(folder, source, {}, await node22());
  try {
    return JSON.parse(output);
  } catch {
    throw new Error(output);
  }
}

describe('a transcription model in the AI SDK', () => {
  it('transcribes a recording with times in seconds', async () => {
    const result = await run(`
      print(await transcribe({
        model: createFunAsr().transcription('local'),
        audio: await recording('leisure.wav'),
        timestampGranularities: ['word'],
        headers: { 'x-trace': '1' },
        providerOptions: { funAsr: { languageHints: ['en'] } },
      }));`);
    const text =
      'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.';
    expect(result).toMatchObject({
      text,
      segments: [{ text, startSecond: expect.closeTo(0.25, 1), endSecond: expect.closeTo(6.9, 1) }],
      language: 'en',
      durationInSeconds: 7.1,
      responses: [{ modelId: 'moonshine-base' }],
      warnings: [
        { type: 'unsupported', feature: 'headers', details: 'not sent: x-trace' },
        { type: 'compatibility', feature: 'timestampGranularities' },
      ],
      providerMetadata: {
        funAsr: {
          engine: 'local',
          gaps: [],
          metrics: { tasks: 1 },
          sentences: [{ text, sentence_end: true }],
        },
      },
    });
    const words = result['words'] as { text: string; startSecond: number; endSecond: number }[];
    expect(words.map((word) => word.text).slice(0, 4)).toEqual(['And', 'Mr', 'John', 'Dashwood']);
    expect(words.every(({ startSecond, endSecond }) => startSecond < endSecond && endSecond < 7.1)).toBe(
      true,
    );
  });

  it('transcribes any container, and works in a registry of providers', async () => {
    const result = await run(`
      const registry = createProviderRegistry({ funAsr: createFunAsr() });
      const model = registry.transcriptionModel('funAsr:moonshine-base');
      const { text } = await transcribe({ model, audio: await recording('inaugural.webm') });
      print({ text, id: model.modelId, provider: model.provider });`);
    expect(result).toMatchObject({ id: 'moonshine-base', provider: 'fun-asr.transcription' });
    expect(result['text']).toMatch(/^And so my fellow Americans/);
  });

  it.each([
    ['raw PCM', `(await recording('leisure.wav')).subarray(44)`, `{ type: 'audio/pcm', rate: 16000 }`],
    ['a container', `await recording('leisure.wav')`, `{ type: 'audio/wav' }`],
  ])('streams partial and final parts of live audio: %s', async (_, audio, format) => {
    const result = await run(`
      const result = streamTranscribe({
        model: createFunAsr().transcription('local'),
        audio: new Blob([${audio}]).stream(),
        inputAudioFormat: ${format},
      });
      const parts = [];
      for await (const part of result.fullStream) parts.push(part);
      print({
        parts,
        text: await result.text,
        duration: await result.durationInSeconds,
        responses: await result.responses,
        metadata: await result.providerMetadata,
      });`);
    const parts = result['parts'] as { type: string; text: string; id: string }[];
    expect(parts.at(0)).toMatchObject({ type: 'transcript-partial', id: '1' });
    expect(parts.at(-1)).toMatchObject({
      type: 'transcript-final',
      id: '1',
      text: result['text'],
      startSecond: expect.closeTo(0.25, 1),
      endSecond: expect.closeTo(6.9, 1),
      providerMetadata: { funAsr: { sentence_id: 1 } },
    });
    expect(result).toMatchObject({
      text: expect.stringMatching(/^And Mr\. John Dashwood had .* for them\.$/),
      duration: 7.1,
      responses: [{ modelId: 'moonshine-base' }],
      metadata: { funAsr: { engine: 'local', warnings: [], metrics: { sentMs: 7100 } } },
    });
  });

  it('passes its errors on, and stops when it is aborted', async () => {
    const result = await run(`
      const reason = async (call) => {
        try { await call(); return 'none'; } catch (error) { return error.name === 'AbortError' ? error.name : error.code; }
      };
      const funAsr = createFunAsr();
      const audio = await recording('leisure.wav');
      const stream = (signal, format) => streamTranscribe({
        model: funAsr.transcription('local'),
        audio: new ReadableStream({ pull() {} }),
        inputAudioFormat: format,
        abortSignal: signal,
      });
      const aborting = new AbortController();
      const aborted = reason(() => stream(aborting.signal, { type: 'audio/pcm', rate: 16000 }).text);
      setImmediate(() => aborting.abort());
      print({
        noKey: await reason(() => transcribe({ model: funAsr.transcription('fun-asr-realtime'), audio })),
        garbage: await reason(() => transcribe({ model: funAsr.transcription('local'), audio: Buffer.from('no audio') })),
        option: await reason(() => transcribe({
          model: funAsr.transcription('local'), audio, providerOptions: { funAsr: { language: 'en' } },
        })),
        aborted: await reason(() => transcribe({
          model: funAsr.transcription('local'), audio, abortSignal: AbortSignal.abort(),
        })),
        abortedStream: await aborted,
        noRate: await reason(() => stream(undefined, { type: 'audio/pcm' }).text),
        language: await reason(() => funAsr.languageModel('local')),
      });`);
    expect(result).toEqual({
      noKey: 'E_NO_KEY',
      garbage: 'E_BAD_MEDIA',
      option: 'E_OPTION',
      aborted: 'AbortError',
      abortedStream: 'AbortError',
      noRate: 'E_OPTION',
      language: 'E_OPTION',
    });
  });

  it('has the whole text after a lost connection', async () => {
    const script = randomScript(3, { durationMs: 6000 });
    await using service = await startTestService({ script, faults: 'drop@2s' });
    const model = createFunAsr({ engine: 'cloud', baseUrl: service.url }).transcription();
    const pcm = renderAudio(script, 0, script.durationMs * 16);
    const audio = new Blob([pcm]).stream();
    const { stream } = await model.doStream({ audio, inputAudioFormat: { type: 'audio/pcm', rate: 16_000 } });
    const parts: unknown[] = [];
    for await (const part of stream) parts.push(part);
    const finals = parts.filter((part) => Reflect.get(Object(part), 'type') === 'transcript-final');
    const times = finals.map((part) => Reflect.get(Object(part), 'startSecond') * 1000);
    expect(times).toEqual(script.sentences.map(({ begin_time }) => begin_time));
    expect(finals).toHaveLength(script.sentences.length);
    expect(parts.at(-1)).toMatchObject({
      type: 'finish',
      providerMetadata: { funAsr: { engine: 'cloud', reconnects: 1, metrics: { tasks: 2 } } },
    });
  });
});

describe('createFunAsr', () => {
  it('refuses options and models that do not exist, before anything is sent', () => {
    expect(() => createFunAsr({ engine: 'clowd' } as never)).toThrow(/createFunAsr: option engine must be/);
    expect(() => createFunAsr({ model: 'x' } as never)).toThrow(/there is no option model/);
    expect(() => createFunAsr().transcription('')).toThrow(/the model must be a string/);
    expect(() => createFunAsr({ engine: 'local' }).transcription('cloud')).toThrow(/option engine is local/);
  });

  it('names the version of the AI SDK that does not fit', async () => {
    const folder = await packageCopy({ ai: '5.0.10' });
    const source = `import { createFunAsr } from '${join(folder, 'dist/adapters/ai-sdk/index.js')}'; createFunAsr();`;
    const output = await runSnippetIn(folder, source);
    expect(output).toContain('fun-asr-streams/ai-sdk needs version 7 of ai, and 5.0.10 is installed');
    expect(output).toContain('npm install ai@7');
  });
});
