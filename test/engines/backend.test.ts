import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { FunAsrError } from '../../lib/core/errors.ts';
import { type Backend, fitToBackend, type UnrecognizedContext } from '../../lib/engines/backend.ts';
import { type BackendOptions, chooseBackend } from '../../lib/engines/choose-backend.ts';
import { engineChoices } from '../../lib/engines/engine-list.ts';
import { countingEngine } from '../support/counting-engine.ts';

const CLOUD = { name: 'cloud', model: 'fun-asr-realtime' };

async function keyOf({ client: { apiKey } }: Backend): Promise<string | undefined> {
  return typeof apiKey === 'function' ? await apiKey() : apiKey;
}

describe('chooseBackend', () => {
  afterEach(() => {
    delete process.env.DASHSCOPE_API_KEY;
    delete process.env.DASHSCOPE_WEBSOCKET_BASE_URL;
  });

  it('chooses the cloud when a key is set, as an option or in the environment', async () => {
    expect(await chooseBackend({ apiKey: 'sk-x' })).toMatchObject(CLOUD);
    process.env.DASHSCOPE_API_KEY = 'sk-x';
    expect(await chooseBackend()).toMatchObject(CLOUD);
  });

  it('chooses the cloud when a base URL is set, as an option or in the environment', async () => {
    const baseUrl = 'ws://127.0.0.1:1/api-ws/v1/inference';
    expect(await chooseBackend({ baseUrl })).toMatchObject(CLOUD);
    process.env.DASHSCOPE_WEBSOCKET_BASE_URL = baseUrl;
    expect(await chooseBackend()).toMatchObject(CLOUD);
  });

  it('chooses the local engine when neither is set, on its own port and with its own token', async () => {
    const chosen = await chooseBackend({ model: 'moonshine-base' });
    expect(chosen).toMatchObject({ name: 'local', model: 'moonshine-base' });
    expect(chosen.client.baseUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\//);
    expect(await keyOf(chosen)).toMatch(/^[0-9a-f]{32}$/);
    expect(chosen.reportsUnrecognized).toBe(true);
    await chosen.close();
  });

  it('suggests another language only when nothing was recognised and no language was named', async () => {
    const { unrecognizedHint } = await chooseBackend({
      engine: { ...countingEngine(), model: 'local-model' },
    });
    expect(unrecognizedHint?.({ hasLanguage: false, hasText: false })).toMatch(
      /^The local model local-model knows English only.*DASHSCOPE_API_KEY/,
    );
    const noisy = 'The speech may be too noisy or too faint for the local model.';
    expect(unrecognizedHint?.({ hasLanguage: true, hasText: false })).toBe(noisy);
    expect(unrecognizedHint?.({ hasLanguage: false, hasText: true })).toBe(noisy);
  });

  it('hides the key when it is printed', async () => {
    const chosen = await chooseBackend({ apiKey: 'sk-canary' });
    expect(await keyOf(chosen)).toBe('sk-canary');
    expect(inspect(chosen, { depth: 9, showHidden: true }) + JSON.stringify(chosen)).not.toContain('canary');
  });

  it('does not give the key to the local engine', async () => {
    process.env.DASHSCOPE_API_KEY = 'sk-canary';
    const chosen = await chooseBackend({ engine: 'local', model: 'moonshine-base' });
    expect(chosen.name).toBe('local');
    expect(JSON.stringify(chosen)).not.toContain('canary');
    await chosen.close();
  });

  it('refuses a language that the local engine does not know, before it downloads or loads a model', async () => {
    await expect(chooseBackend({ languageHints: ['fr'] })).rejects.toMatchObject({
      code: 'E_LANGUAGE',
      message: 'the local model moonshine-base recognises en only, not fr',
    });
    const model = 'moonshine-base';
    await expect(chooseBackend({ model, languageHints: ['zh'] })).rejects.toMatchObject({
      code: 'E_LANGUAGE',
      hint: 'The local model sense-voice recognises zh: choose it, or leave the model out.',
    });
  });

  it('names the options of an address that the local engine does not use', async () => {
    const options = { engine: 'local', baseUrl: 'wss://example.com/', region: 'cn' } as const;
    const backend = await chooseBackend(options);
    expect(backend.reason).toBe('asked for; baseUrl, region not used; English only');
    await backend.close();
    const [cloud, local] = engineChoices({ ...options, engine: 'cloud' }, ['local']);
    expect(cloud).toMatchObject({ baseUrl: options.baseUrl });
    const second = await chooseBackend(local);
    expect(second.reason).toBe('asked for; English only');
    await second.close();
  });

  it('refuses the cloud without a key', async () => {
    await expect(chooseBackend({ engine: 'cloud' })).rejects.toMatchObject({ code: 'E_NO_KEY' });
  });

  it('shares the local engine within a process until the last user closes it', async () => {
    const [one, other] = await Promise.all([
      chooseBackend({ engine: 'local' }),
      chooseBackend({ engine: 'local', model: 'moonshine-base' }),
    ]);
    expect(other.client).toEqual(one.client);
    await one.close();
    await one.close();
    const third = await chooseBackend({ engine: 'local' });
    expect(third.client).toEqual(other.client);
    await Promise.all([other.close(), third.close()]);
    const later = await chooseBackend({ engine: 'local' });
    expect(later.client.baseUrl).not.toBe(one.client.baseUrl);
    await later.close();
  });

  it('opens the local engine although another user aborts while it is opened', async () => {
    const controller = new AbortController();
    const aborted = chooseBackend({ engine: 'local', signal: controller.signal });
    const opened = chooseBackend({ engine: 'local' });
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    const backend = await opened;
    expect(backend.client.baseUrl).toMatch(/^ws:/);
    await backend.close();
  });

  it('uses an engine of the caller, and does not close it', async () => {
    const engine = countingEngine();
    const backend = await chooseBackend({ engine });
    expect(backend).toMatchObject({ name: 'local', model: engine.model, reportsUnrecognized: false });
    await backend.close();
    const again = await chooseBackend({ engine });
    await again.close();
    await expect(chooseBackend({ engine, languageHints: ['xx'] })).rejects.toMatchObject({
      code: 'E_LANGUAGE',
    });
  });

  it.each([null, 1, [], {}, 'whisper', { client: {} }])('refuses %j as an engine', async (engine) => {
    await expect(chooseBackend({ engine } as BackendOptions)).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringContaining('option engine must be auto, cloud, local, funasr, an engine'),
    });
  });

  it('refuses a model of the other backend', async () => {
    await expect(
      chooseBackend({ engine: 'cloud', apiKey: 'sk-x', model: 'moonshine-base' }),
    ).rejects.toMatchObject({
      code: 'E_OPTION',
    });
    await expect(chooseBackend({ engine: 'local', model: 'whisper' })).rejects.toMatchObject({
      code: 'E_OPTION',
    });
  });
});

describe('fitToBackend', () => {
  const client = { model: 'fun-asr-realtime', baseUrl: 'ws://127.0.0.1:1/api-ws/v1/inference' };
  const options = { vocabularyId: 'v', maxSentenceSilence: 800, disfluencyRemoval: undefined };

  it('adds the client options and removes unused parameters, with a warning for each', () => {
    const { options: fitted, warnings } = fitToBackend(
      { client, parameters: ['maxSentenceSilence'] },
      options,
    );
    expect(fitted).toEqual({ ...client, maxSentenceSilence: 800 });
    expect(warnings).toMatchObject([
      { code: 'W_OPTION', message: expect.stringContaining('option vocabularyId') },
    ]);
  });

  it('adds the hint of the backend to warnings about speech that was not recognised', () => {
    const span = { beginMs: 1000, endMs: 2000 };
    const warning = new FunAsrError('W_UNRECOGNIZED', 'not recognised', { span, hint: 'general' });
    const other = new FunAsrError('W_MESSAGE', 'skipped');
    const unrecognizedHint = ({ hasText }: UnrecognizedContext) => (hasText ? 'noise' : 'language');
    const { explainWarning } = fitToBackend({ client, parameters: [], unrecognizedHint }, options).parts;
    expect(explainWarning(warning, false)).toMatchObject({
      code: warning.code,
      message: warning.message,
      span,
    });
    expect(explainWarning(warning, false).hint).toBe('language');
    expect(explainWarning(warning, true).hint).toBe('noise');
    expect(explainWarning(other, false)).toBe(other);
  });

  it('changes nothing else', () => {
    const parameters = ['maxSentenceSilence', 'vocabularyId'] as const;
    const fitted = fitToBackend({ client, parameters }, options);
    expect(fitted.options).toEqual({ ...options, ...client });
    expect(fitted.warnings).toEqual([]);
  });
});
