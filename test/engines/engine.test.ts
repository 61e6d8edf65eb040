import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { FunAsrError } from '../../lib/core/errors.ts';
import { chooseEngine, type ChosenEngine, fitToEngine } from '../../lib/engines/engine.ts';

const CLOUD = { engine: 'cloud', model: 'fun-asr-realtime' };

async function keyOf({ client: { apiKey } }: ChosenEngine): Promise<string | undefined> {
  return typeof apiKey === 'function' ? await apiKey() : apiKey;
}

describe('the engine', () => {
  afterEach(() => {
    delete process.env.DASHSCOPE_API_KEY;
    delete process.env.DASHSCOPE_WEBSOCKET_BASE_URL;
  });

  it('is the cloud when there is a key, given or in the environment', async () => {
    expect(await chooseEngine({ apiKey: 'sk-x' })).toMatchObject(CLOUD);
    process.env.DASHSCOPE_API_KEY = 'sk-x';
    expect(await chooseEngine()).toMatchObject(CLOUD);
  });

  it('is the cloud when there is a base URL, given or in the environment', async () => {
    const baseUrl = 'ws://127.0.0.1:1/api-ws/v1/inference';
    expect(await chooseEngine({ baseUrl })).toMatchObject(CLOUD);
    process.env.DASHSCOPE_WEBSOCKET_BASE_URL = baseUrl;
    expect(await chooseEngine()).toMatchObject(CLOUD);
  });

  it('is the local one when there is neither, on a port and with a token of its own', async () => {
    const chosen = await chooseEngine({ model: 'moonshine-base' });
    expect(chosen).toMatchObject({ engine: 'local', model: 'moonshine-base' });
    expect(chosen.client.baseUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\//);
    expect(await keyOf(chosen)).toMatch(/^[0-9a-f]{32}$/);
    expect(chosen.unrecognizedHint).toMatch(/moonshine-base knows English only.*DASHSCOPE_API_KEY/);
    await chosen.close();
  });

  it('shows nobody its key, whoever prints it', async () => {
    const chosen = await chooseEngine({ apiKey: 'sk-canary' });
    expect(await keyOf(chosen)).toBe('sk-canary');
    expect(inspect(chosen, { depth: 9, showHidden: true }) + JSON.stringify(chosen)).not.toContain('canary');
  });

  it('is the local one when asked for, though there is a key, which it never gets', async () => {
    process.env.DASHSCOPE_API_KEY = 'sk-canary';
    const chosen = await chooseEngine({ engine: 'local', model: 'moonshine-base' });
    expect(chosen.engine).toBe('local');
    expect(JSON.stringify(chosen)).not.toContain('canary');
    await chosen.close();
  });

  it('refuses a language that the local one lacks, before anything is fetched or loaded', async () => {
    await expect(chooseEngine({ languageHints: ['zh'] })).rejects.toMatchObject({
      code: 'E_LANGUAGE',
      message: 'the local model moonshine-base recognises en only, not zh',
    });
  });

  it('is not the cloud without a key', async () => {
    await expect(chooseEngine({ engine: 'cloud' })).rejects.toMatchObject({ code: 'E_NO_KEY' });
  });

  it('does not take a model of the other', async () => {
    await expect(
      chooseEngine({ engine: 'cloud', apiKey: 'sk-x', model: 'moonshine-base' }),
    ).rejects.toMatchObject({
      code: 'E_OPTION',
    });
    await expect(chooseEngine({ engine: 'local', model: 'whisper' })).rejects.toMatchObject({
      code: 'E_OPTION',
    });
  });
});

describe('options fitted to an engine', () => {
  const client = { model: 'fun-asr-realtime', baseUrl: 'ws://127.0.0.1:1/api-ws/v1/inference' };
  const options = { vocabularyId: 'v', maxSentenceSilence: 800, disfluencyRemoval: undefined };

  it('reach it, and lose the parameters that mean nothing to it, with a warning each', () => {
    const { options: fitted, warnings } = fitToEngine(
      { client, parameters: ['maxSentenceSilence'] },
      options,
    );
    expect(fitted).toEqual({ ...client, maxSentenceSilence: 800 });
    expect(warnings).toMatchObject([
      { code: 'W_OPTION', message: expect.stringContaining('option vocabularyId') },
    ]);
  });

  it('come with what the engine knows about speech that it did not recognise', () => {
    const span = { beginMs: 1000, endMs: 2000 };
    const warning = new FunAsrError('W_UNRECOGNIZED', 'not recognised', { span, hint: 'general' });
    const other = new FunAsrError('W_MESSAGE', 'skipped');
    const unrecognizedHint = 'The local model knows English only.';
    const { explain } = fitToEngine({ client, parameters: [], unrecognizedHint }, options);
    expect(explain(warning)).toMatchObject({ code: warning.code, message: warning.message, span });
    expect(explain(warning).hint).toBe(unrecognizedHint);
    expect(explain(other)).toBe(other);
  });

  it('are as they were where all of them mean something', () => {
    const parameters = ['maxSentenceSilence', 'vocabularyId'] as const;
    const fitted = fitToEngine({ client, parameters }, options);
    expect(fitted.options).toEqual({ ...options, ...client });
    expect(fitted.warnings).toEqual([]);
  });
});
