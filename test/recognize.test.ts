import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { decode } from '../lib/audio/decode.ts';
import { frame } from '../lib/audio/frame.ts';
import { openLocalEngine } from '../lib/engines/local/local-engine.ts';
import { chooseBackend } from '../lib/engines/choose-backend.ts';
import { recognize, type RecognizeOptions } from '../lib/recognize.ts';
import { isSentenceEnd, type Sentence } from '../lib/sentence.ts';
import { runProgram } from './support/run-program.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const FIXTURES = new URL('../fixtures/', import.meta.url).pathname;
const RECORDING = `${FIXTURES}ill-disposed.mp3`;
const TEXT = /young man/;

async function textOf(options: RecognizeOptions): Promise<string> {
  let text = '';
  await pipeline(createReadStream(RECORDING), decode(), frame(), recognize(options), async (sentences) => {
    for await (const sentence of sentences as AsyncIterable<Sentence>)
      if (isSentenceEnd(sentence)) text += sentence.text;
  });
  return text;
}

describe('recognize with an engine of this process', () => {
  afterEach(() => {
    delete process.env.DASHSCOPE_API_KEY;
  });

  it('recognises without an account', async () => {
    expect(await textOf({ engine: 'local' })).toMatch(TEXT);
    expect(await textOf({ engine: 'auto' })).toMatch(TEXT);
  });

  it('uses the local engine when neither a key nor a part of the cloud is named', async () => {
    expect(await textOf({})).toMatch(TEXT);
    expect(await textOf({ model: 'moonshine-tiny' })).toMatch(TEXT);
  });

  it.each([
    { model: 'fun-asr-realtime' },
    { model: 'unknown' },
    { region: 'cn' },
    { workspaceId: 'ws' },
    { apiKey: '' },
    { engine: 'cloud' },
  ] as const)('uses no other recogniser when the cloud is named, as in %j', (options) => {
    expect(() => recognize(options)).toThrow(
      expect.objectContaining({ code: 'E_NO_KEY', hint: expect.stringContaining("engine: 'local'") }),
    );
  });

  it('accepts an engine of the caller, and does not close it', async () => {
    const engine = await openLocalEngine();
    expect(await textOf({ engine })).toMatch(TEXT);
    expect(await textOf({ engine })).toMatch(TEXT);
    await engine.close();
  });

  it('accepts a backend, and does not close it', async () => {
    const engine = await chooseBackend({ engine: 'local' });
    expect(await textOf({ engine })).toMatch(TEXT);
    expect(await textOf({ engine })).toMatch(TEXT);
    await engine.close();
  });

  it('runs several streams at the same time, and starts again after the last one has ended', async () => {
    const texts = await Promise.all([textOf({ engine: 'local' }), textOf({ engine: 'local' })]);
    expect(texts).toEqual([expect.stringMatching(TEXT), expect.stringMatching(TEXT)]);
    expect(await textOf({ engine: 'local' })).toBe(texts[0]);
  });

  it('refuses a language that the engine does not know, before anything is opened', () => {
    expect(() => recognize({ engine: 'local', languageHints: ['fr'] })).toThrow(
      expect.objectContaining({ code: 'E_LANGUAGE' }),
    );
  });

  it('warns of a parameter that has no effect', async () => {
    const stream = recognize({ engine: 'local', vocabularyId: 'v' });
    const warning = await new Promise((resolve) => stream.once('warning', resolve));
    stream.destroy();
    expect(warning).toMatchObject({ code: 'W_OPTION', message: expect.stringContaining('vocabularyId') });
  });

  it.each([null, 7, {}, [], 'whisper', { open: true }])('refuses %j as an engine', (engine) => {
    expect(() => recognize({ engine } as RecognizeOptions)).toThrow(
      expect.objectContaining({
        code: 'E_OPTION',
        message: expect.stringContaining('option engine must be'),
      }),
    );
  });

  it.each([
    ['downloaded', "''"],
    ['written', `'${FIXTURES}leisure.wav'`],
  ])('fails with E_MODEL_MISSING when the model cannot be %s', async (_what, cache) => {
    const { lines } = await runProgram(`
      const { mkdtempSync } = await import('node:fs');
      process.env.XDG_CACHE_HOME = ${cache} || mkdtempSync('${await temporaryFolder()}/');
      process.env.npm_config_registry = 'http://127.0.0.1:9/';
      process.env.npm_config_fetch_retries = '0';
      const stream = fun.recognize({ engine: 'local' });
      stream.on('error', ({ code }) => console.log(code));
      stream.resume().end(Buffer.alloc(32000));
    `);
    expect(lines).toEqual(['E_MODEL_MISSING']);
  });

  it('does not keep the process alive', async () => {
    const { exitCode, lines } = await runProgram(`
      const { pipeline } = await import('node:stream/promises');
      const stages = [fun.decodeFile('${RECORDING}'), fun.frame(), fun.recognize({ engine: 'local' }), fun.text()];
      await pipeline(...stages, async (lines) => {
        for await (const line of lines) console.log(/young man/.test(line));
      });
      fun.recognize({ engine: 'local' }).destroy();
      const early = fun.recognize({ engine: 'local' });
      early.write(Buffer.alloc(3200));
      early.destroy();
      console.log('end');
    `);
    expect(lines).toEqual(['true', 'end']);
    expect(exitCode).toBe(0);
  });
});
