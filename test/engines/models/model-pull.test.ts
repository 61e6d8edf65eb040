import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pull, pullModel, type PullProgress } from '../../../lib/engines/models/model-pull.ts';
import { modelOf, startRegistry, temporaryFolder, useRegistry } from './registry.ts';

const FILES = { 'dist/encoder.onnx': 'weights', 'dist/tokens.txt': 'words' };
const PUBLISHED = { name: 'some-weights', files: { ...FILES, 'dist/installer.js': 'process.exit(1)' } };

async function foldersIn(cacheDir: string): Promise<string[]> {
  return readdir(join(cacheDir, 'fun-asr-streams', 'models'));
}

test("the files of a model come from the user's registry into its folder, and nothing else does", async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = await temporaryFolder();
  const { folder, state } = await pull(modelOf(origin, FILES), { cacheDir });

  expect(state).toBe('ready');
  expect((await readdir(folder)).toSorted()).toEqual(['dist-encoder.onnx', 'dist-tokens.txt']);
  expect(await readFile(join(folder, 'dist-encoder.onnx'), 'utf8')).toBe('weights');
  expect(await foldersIn(cacheDir)).toEqual(['some-model']);
});

test('a file that must be converted is kept converted', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const model = modelOf(origin, { 'dist/tokens.txt': 'WORDS' });
  const files = Object.entries(model.files).map(([name, file]) => {
    return [name, { ...file, convert: (source: string) => source.toUpperCase() }];
  });
  const { folder } = await pull(
    { ...model, files: Object.fromEntries(files) },
    { cacheDir: await temporaryFolder() },
  );

  expect(await readFile(join(folder, 'dist-tokens.txt'), 'utf8')).toBe('WORDS');
});

test('progress goes up to all of the bytes', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const seen: PullProgress[] = [];
  await pull(modelOf(origin, FILES), {
    cacheDir: await temporaryFolder(),
    onProgress: (progress) => seen.push(progress),
  });

  expect(seen.at(-1)).toEqual({
    model: 'some-model',
    receivedBytes: origin.bytes,
    totalBytes: origin.bytes,
  });
  const received = seen.map(({ receivedBytes }) => receivedBytes);
  expect(received).toEqual(received.toSorted((a, b) => a - b));
});

test('a model that is there needs no network', async () => {
  const { origin, requests } = await startRegistry(PUBLISHED);
  const options = { cacheDir: await temporaryFolder() };
  await pull(modelOf(origin, FILES), options);
  const before = requests.length;
  const { state } = await pull(modelOf(origin, FILES), options);

  expect(state).toBe('ready');
  expect(before).toBeGreaterThan(0);
  expect(requests).toHaveLength(before);
});

test('a damaged model is mended', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const options = { cacheDir: await temporaryFolder() };
  const { folder } = await pull(modelOf(origin, FILES), options);
  await writeFile(join(folder, 'dist-encoder.onnx'), 'wrights');
  await pull(modelOf(origin, FILES), options);

  expect(await readFile(join(folder, 'dist-encoder.onnx'), 'utf8')).toBe('weights');
});

test('two that pull at once both get the model', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const options = { cacheDir: await temporaryFolder() };
  const states = await Promise.all([1, 2].map(() => pull(modelOf(origin, FILES), options)));

  expect(states.map(({ state }) => state)).toEqual(['ready', 'ready']);
  expect(await foldersIn(options.cacheDir)).toEqual(['some-model']);
});

test('a package that is not the one that was published is refused, and nothing of it is kept', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = await temporaryFolder();
  const model = modelOf({ ...origin, sha512: 'another' }, FILES);

  await expect(pull(model, { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('some-weights@1.0.0 is not the one that was published'),
  });
  expect(await foldersIn(cacheDir)).toEqual([]);
});

test('a file that does not match its hash is refused, and nothing is kept', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = await temporaryFolder();
  const model = modelOf(origin, { ...FILES, 'dist/tokens.txt': 'other words' });

  await expect(pull(model, { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('do not match their hashes'),
  });
  expect(await foldersIn(cacheDir)).toEqual([]);
});

test('a registry that lacks the package is named with its own words', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const model = modelOf({ ...origin, spec: 'some-weights@2.0.0' }, FILES);

  await expect(pull(model, { cacheDir: await temporaryFolder() })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('No matching version found for some-weights@2.0.0'),
  });
});

test('without a network the error says what to do', async () => {
  useRegistry('http://127.0.0.1:9/');

  await expect(pullModel('moonshine-tiny', { cacheDir: await temporaryFolder() })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringMatching(/^Model moonshine-tiny is missing: npm could not fetch .*ECONNREFUSED/),
    hint: expect.stringContaining('fun-asr engine pull moonshine-tiny'),
  });
});

test('a pull can be given up while the registry keeps us waiting, and leaves nothing behind', async () => {
  const registry = await startRegistry(PUBLISHED);
  registry.fallMute();
  const cacheDir = await temporaryFolder();
  const controller = new AbortController();
  const pulling = pull(modelOf(registry.origin, FILES), { cacheDir, signal: controller.signal });
  await expect.poll(() => registry.requests.length, { timeout: 20_000 }).toBeGreaterThan(0);
  controller.abort();

  await expect(pulling).rejects.toMatchObject({ name: 'AbortError' });
  expect(await foldersIn(cacheDir)).toEqual([]);
});

test('what the observer of the progress throws ends the pull, and leaves nothing behind', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = await temporaryFolder();
  const onProgress = (): void => {
    throw new Error('the observer is broken');
  };

  await expect(pull(modelOf(origin, FILES), { cacheDir, onProgress })).rejects.toThrow(
    /^the observer is broken$/,
  );
  expect(await foldersIn(cacheDir)).toEqual([]);
});

test('options are checked before anything starts', async () => {
  const cacheDir = await temporaryFolder();

  await expect(pullModel('moonshine-base', { cacheDir: '' })).rejects.toMatchObject({ code: 'E_OPTION' });
  await expect(access(join(cacheDir, 'fun-asr-streams'))).rejects.toThrow('ENOENT');
});
