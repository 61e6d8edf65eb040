import { cp, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findSherpa } from '../../../lib/engines/local/runtime/sherpa.ts';
import { addModel } from '../../../lib/engines/models/added-models.ts';
import type { TranscribeOptions } from '../../../lib/transcribe-options.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { acceptedDigests, serviceFor, modelFor, settingsDigest } from '../../../lib/batch/state/settings.ts';

const digest = settingsDigest('cloud', {});
const MODELS = fileURLToPath(new URL('../../../fixtures/models/', import.meta.url));

describe('the digest differs for', () => {
  it.each([
    [{ model: 'fun-asr-realtime-2025-11-07' }],
    [{ languageHints: ['en'] }],
    [{ heartbeat: false }],
    [{ phraseId: 'p1' }],
    [{ context: 'Moonshine' }],
    [{ vocabulary: { Moonshine: 4 } }],
  ])('%j', (options) => {
    expect(settingsDigest('cloud', options)).not.toBe(digest);
  });

  it('another engine, and another model of it', () => {
    const local = settingsDigest('local', {});
    expect(local).not.toBe(digest);
    expect(settingsDigest('local', { model: 'moonshine-tiny' })).not.toBe(local);
  });
});

it('the digest differs between contexts and between hot words, and not between two forms of the same', () => {
  const digestOf = (options: TranscribeOptions) => settingsDigest('cloud', options);
  const message = { role: 'user', content: [{ type: 'input_text', text: 'Moonshine' }] } as const;
  const swapped = { role: 'user', content: [{ text: 'Moonshine', type: 'input_text' }] } as const;
  const asText = digestOf({ context: 'Moonshine' });
  expect([digestOf({ context: [message] }), digestOf({ context: [swapped] })]).toEqual([asText, asText]);
  expect(digestOf({ context: 'Sunshine' })).not.toBe(asText);
  expect(digestOf({ context: [message, message] })).not.toBe(asText);
  const words = digestOf({ vocabulary: { a: 4, b: 5 } });
  expect(digestOf({ vocabulary: { b: 5, a: 4 } })).toBe(words);
  expect(digestOf({ vocabulary: { a: 5, b: 4 } })).not.toBe(words);
});

describe('the digest is the same for', () => {
  it.each([
    [{ apiKey: 'k', pace: 2, maxDurationMs: 1, heartbeat: undefined }],
    [{ model: 'fun-asr-realtime' }],
    [{ region: 'intl' as const }],
    [{ region: 'cn' as const }],
    [{ baseUrl: 'ws://127.0.0.1:1/' }],
    [{ baseUrl: 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference' }],
  ])('%j in the cloud', (options) => {
    expect(settingsDigest('cloud', options)).toBe(digest);
  });

  it.each([
    [{ model: 'moonshine-base' }],
    [{ model: 'fun-asr-realtime' }],
    [{ region: 'cn' as const, baseUrl: 'wss://example.com/' }],
  ])('%j with the local engine', (options) => {
    expect(settingsDigest('local', options)).toBe(settingsDigest('local', {}));
  });
});

describe('the digest of a model of the user', () => {
  it('is that of its files: for all paths and names the same, and another one when a file or its punctuation changes', async () => {
    vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const folder = join(await temporaryFolder(), 'paraformer-zh');
    await cp(join(MODELS, 'paraformer'), folder, { recursive: true });
    await symlink(folder, `${folder}-link`, 'dir');
    await addModel(folder, { name: 'mine', findSherpa });
    const digestOf = (model: string): string => settingsDigest('local', { model });
    const first = digestOf(folder);
    expect([`${folder}-link`, `${folder}/.`, 'mine'].map(digestOf)).toEqual([first, first, first]);
    await utimes(join(folder, 'model.onnx'), 1, 1);
    const second = digestOf('mine');
    expect(second).not.toBe(first);
    await addModel(join(MODELS, 'punctuation'), { languages: ['de'], findSherpa });
    expect(digestOf('mine')).toBe(second);
    await addModel(join(MODELS, 'punctuation'), { languages: ['zh'], findSherpa });
    expect(digestOf('mine')).not.toBe(second);
    expect(() => digestOf(`${folder}-none`)).toThrow(/paraformer-zh-none does not exist/);
  });
});

it('accepts text of the cloud when the local engine is only used for want of a key', () => {
  const local = settingsDigest('local', {});
  expect(acceptedDigests('local', {})).toEqual([local, digest]);
  expect(acceptedDigests('local', { engine: 'auto' })).toEqual([local, digest]);
  expect(acceptedDigests('local', { engine: 'local' })).toEqual([local]);
  expect(acceptedDigests('cloud', {})).toEqual([digest]);
});

it('reports the model that recognises', () => {
  expect(modelFor('cloud', {})).toBe('fun-asr-realtime');
  expect(modelFor('cloud', { model: 'fun-asr-of-tomorrow' })).toBe('fun-asr-of-tomorrow');
  expect(modelFor('local', { model: 'fun-asr-realtime' })).toBe('moonshine-base');
  expect(modelFor('local', { model: 'moonshine-tiny' })).toBe('moonshine-tiny');
});

it('finds the service without a key, and refuses a URL that is not valid', () => {
  expect(serviceFor({}).region).toBe('intl');
  expect(() => serviceFor({ baseUrl: 'https://example.com/' })).toThrow(/is not a WebSocket URL/);
});
