import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { listModels, removeModel, stateOf } from '../../../lib/engines/models/model-store.ts';
import { LOCAL_MODELS } from '../../../lib/engines/models/catalogue/catalogue.ts';
import { modelOf, temporaryFolder } from './registry.ts';

const ORIGIN = { spec: 'some-weights@1.0.0', bytes: 100, sha512: '' };
const MODEL = modelOf(ORIGIN, { 'encoder.onnx': 'weights', 'tokens.txt': 'words' });

/** Makes a cache folder that contains the model. */
async function cacheWith(files: Readonly<Record<string, string>>): Promise<string> {
  const cacheDir = await temporaryFolder();
  const folder = join(cacheDir, 'fun-asr-streams', 'models', 'some-model');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return cacheDir;
}

test('reports a model as ready when all hashes match', async () => {
  const cacheDir = await cacheWith({ 'encoder.onnx': 'weights', 'tokens.txt': 'words' });

  expect(await stateOf(MODEL, cacheDir)).toMatchObject({ state: 'ready', bytes: 12, downloadBytes: 100 });
});

test('reports a model as damaged when a file is missing or has another hash', async () => {
  const lacking = await cacheWith({ 'encoder.onnx': 'weights' });
  const differing = await cacheWith({ 'encoder.onnx': 'wrights', 'tokens.txt': 'words' });

  expect(await stateOf(MODEL, lacking)).toMatchObject({ state: 'damaged' });
  expect(await stateOf(MODEL, differing)).toMatchObject({ state: 'damaged' });
});

test('lists all models, also when none is there', async () => {
  const models = await listModels({ cacheDir: await temporaryFolder() });

  expect(models.map(({ name }) => name)).toEqual(Object.keys(LOCAL_MODELS));
  expect(new Set(models.map(({ state }) => state))).toEqual(new Set(['missing']));
});

test('removes a model', async () => {
  const cacheDir = await temporaryFolder();
  const [model] = await listModels({ cacheDir });
  await mkdir(model?.folder ?? '', { recursive: true });

  expect(await removeModel('moonshine-base', { cacheDir })).toBe(true);
  expect(await removeModel('moonshine-base', { cacheDir })).toBe(false);
  expect((await listModels({ cacheDir }))[0]).toMatchObject({ name: 'moonshine-base', state: 'missing' });
});

test('uses the cache folder of the XDG specification, which must be an absolute path', async () => {
  const absolute = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', absolute);
  const [model] = await listModels();
  vi.stubEnv('XDG_CACHE_HOME', 'relative');
  const [usual] = await listModels();
  vi.unstubAllEnvs();

  expect(model?.folder).toBe(join(absolute, 'fun-asr-streams', 'models', 'moonshine-base'));
  expect(usual?.folder).toMatch(/^\/.*\/fun-asr-streams\/models\/moonshine-base$/);
  expect(usual?.folder).not.toContain('relative');
});
