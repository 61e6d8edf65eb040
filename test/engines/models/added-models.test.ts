import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findSherpa } from '../../../lib/engines/local/runtime/sherpa.ts';
import {
  addModel,
  findAddedModel,
  listAddedModels,
  removeAddedModel,
} from '../../../lib/engines/models/added-models.ts';
import { isLocalModel, isModelFolder } from '../../../lib/engines/models/choose-model.ts';
import { recognizerConfig } from '../../../lib/engines/models/local-model.ts';
import { resolveLocalModel } from '../../../lib/engines/models/resolve-model.ts';
import { type Trial, tryModel } from '../../../lib/engines/models/model-trial.ts';
import { copyVoiceDetector } from '../../support/voice-detector.ts';
import { temporaryFolder } from './registry.ts';

const MODELS = fileURLToPath(new URL('../../../fixtures/models/', import.meta.url));

/** A copy of a test model that a test may change. */
async function copyOf(model: string): Promise<string> {
  const folder = join(await temporaryFolder(), `my-${model}`);
  await cp(join(MODELS, model), folder, { recursive: true });
  return folder;
}

/** A cache whose only model is the voice detector of the installed default model. */
async function cacheWithVoiceDetector(): Promise<string> {
  const cacheDir = await temporaryFolder();
  await copyVoiceDetector(cacheDir);
  return cacheDir;
}

const mustNotTry = (): Promise<string> => Promise.reject(new Error('the model was tried again'));

describe('addModel', () => {
  it('keeps a reference, which is found by its name and forgotten without deleting the folder', async () => {
    const cacheDir = await temporaryFolder();
    const folder = await copyOf('sense-voice');
    const added = await addModel(folder, { cacheDir, findSherpa });
    expect(added).toEqual({
      name: 'my-sense-voice',
      kind: 'speech',
      folder,
      isCopy: false,
      languages: ['zh', 'en', 'ja', 'ko', 'yue'],
      family: 'senseVoice',
    });
    expect(findAddedModel('my-sense-voice', { cacheDir })).toEqual(added);
    expect(listAddedModels({ cacheDir })).toEqual([
      { ...added, state: 'ready', bytes: expect.any(Number) as number },
    ]);
    expect(await removeAddedModel('my-sense-voice', { cacheDir })).toBe(true);
    expect(listAddedModels({ cacheDir })).toEqual([]);
    expect(await readdir(folder)).toEqual(['model.onnx', 'tokens.txt']);
  });

  it('copies the files, so that the folder may be deleted, and deletes the copy', async () => {
    const cacheDir = await temporaryFolder();
    const folder = await copyOf('transducer');
    await writeFile(join(folder, 'large.wav'), 'not a part of the model');
    const added = await addModel(folder, {
      cacheDir,
      name: 'mine',
      languages: ['zh'],
      copy: true,
      findSherpa,
    });
    await rm(folder, { recursive: true });
    expect((await readdir(added.folder)).length).toBe(4);
    expect(listAddedModels({ cacheDir })).toMatchObject([
      { name: 'mine', languages: ['zh'], state: 'ready' },
    ]);
    expect(await removeAddedModel('mine', { cacheDir })).toBe(true);
    await expect(readdir(added.folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('reports a model whose folder is gone or changed', async () => {
    const cacheDir = await temporaryFolder();
    const folder = await copyOf('sense-voice');
    await addModel(folder, { cacheDir, findSherpa });
    await rm(join(folder, 'tokens.txt'));
    expect(listAddedModels({ cacheDir })).toMatchObject([{ state: 'refused' }]);
    await rename(folder, `${folder}-away`);
    expect(listAddedModels({ cacheDir })).toMatchObject([{ state: 'missing' }]);
  });

  it('refuses names that are taken or are not names, and unknown languages', async () => {
    const cacheDir = await temporaryFolder();
    const add = (model: string, options: object) =>
      addModel(join(MODELS, model), { cacheDir, findSherpa: mustNotTry, ...options });
    const refused = [
      'moonshine-tiny',
      'sense-voice',
      'fun-asr-realtime',
      '../up',
      'a/b',
      '',
      'con',
      'NUL.x',
      't.',
    ];
    for (const name of refused)
      await expect(add('sense-voice', { name })).rejects.toMatchObject({ code: 'E_OPTION' });
    await expect(add('dolphin', {})).rejects.toThrow(/languages of .*dolphin are not known/);
    for (const language of ['xx', 'ZH', 'zh-CN', ''])
      await expect(add('dolphin', { languages: [language] })).rejects.toMatchObject({ code: 'E_OPTION' });
    await addModel(await copyOf('sense-voice'), { cacheDir, findSherpa });
    await expect(add('dolphin', { name: 'my-sense-voice', languages: ['zh'] })).rejects.toThrow(
      /the model in .* has it/,
    );
    expect(await readdir(cacheDir, { recursive: true })).not.toContain('up');
  });

  it('lists a model whose description is damaged beside the others, and forgets it', async () => {
    const cacheDir = await temporaryFolder();
    await addModel(await copyOf('sense-voice'), { cacheDir, findSherpa });
    const folder = join(cacheDir, 'fun-asr-streams', 'models', 'added', 'broken');
    await mkdir(folder);
    await writeFile(join(folder, 'model.json'), '{');
    expect(listAddedModels({ cacheDir })).toMatchObject([
      { name: 'broken', state: 'refused', folder },
      { name: 'my-sense-voice', state: 'ready' },
    ]);
    expect(await removeAddedModel('broken', { cacheDir })).toBe(true);
    expect(listAddedModels({ cacheDir })).toHaveLength(1);
  });

  it('reports a cache folder in which nothing can be created, and how to use another one', async () => {
    const cacheDir = await temporaryFolder();
    await mkdir(join(cacheDir, 'fun-asr-streams', 'models'), { recursive: true });
    await writeFile(join(cacheDir, 'fun-asr-streams', 'models', 'added'), '');
    await expect(addModel(await copyOf('sense-voice'), { cacheDir, findSherpa })).rejects.toMatchObject({
      code: 'E_WRITE',
      hint: 'Make it writable, or set XDG_CACHE_HOME to another folder.',
    });
  });

  it('refuses a model that ends the process of sherpa-onnx, with its last message, and keeps nothing', async () => {
    const cacheDir = await temporaryFolder();
    const folder = await copyOf('sense-voice');
    // The metadata stay whole, and the graph is not one.
    const file = join(folder, 'model.onnx');
    const bytes = await readFile(file);
    bytes.write('Xathe', bytes.indexOf('Reshape'));
    await writeFile(file, bytes);
    await expect(addModel(folder, { cacheDir, findSherpa })).rejects.toMatchObject({
      code: 'E_MODEL_REFUSED',
      message: expect.stringMatching(
        /looks like SenseVoice, but sherpa-onnx cannot run it: .*(Xathe|ended|killed)/s,
      ) as string,
    });
    expect(listAddedModels({ cacheDir })).toEqual([]);
  });
});

/** A model without files. */
const NOTHING: Trial = { speech: recognizerConfig({}) };

describe('tryModel', () => {
  it('reports a model that does not load in time', async () => {
    const sherpaFile = join(await temporaryFolder(), 'hangs.cjs');
    await writeFile(
      sherpaFile,
      'exports.OfflineRecognizer = { createAsync: () => new Promise(() => setInterval(() => {}, 1000)) };',
    );
    expect(await tryModel(NOTHING, { sherpaFile, deadlineMs: 300 })).toMatch(/did not load within 0.3 s/);
  });

  it('stops with the reason of the signal', async () => {
    const stop = new Error('stop');
    const signal = AbortSignal.abort(stop);
    await expect(tryModel(NOTHING, { sherpaFile: await findSherpa(), signal })).rejects.toBe(stop);
  });
});

describe('resolveLocalModel', () => {
  it('accepts a folder and an added name, and tries the files again only when they changed', async () => {
    const cacheDir = await cacheWithVoiceDetector();
    const folder = await copyOf('sense-voice');
    const first = await resolveLocalModel(folder, { cacheDir, findSherpa });
    expect(first).toMatchObject({
      name: 'my-sense-voice',
      folder,
      family: 'senseVoice',
      speechModel: { hasTokenTimes: true },
    });
    expect(first.voiceDetector.startsWith(cacheDir)).toBe(true);
    await addModel(folder, { cacheDir, name: 'mine', languages: ['ja'], findSherpa: mustNotTry });
    const added = await resolveLocalModel('mine', { cacheDir, findSherpa: mustNotTry });
    expect(added).toMatchObject({ name: 'mine', languages: ['ja'], folder });
    await utimes(join(folder, 'model.onnx'), 1, 1);
    await expect(resolveLocalModel('mine', { cacheDir, findSherpa: mustNotTry })).rejects.toThrow(
      'tried again',
    );
  });

  it('uses a model also when the cache folder cannot remember that it was tried', async () => {
    const cacheDir = await cacheWithVoiceDetector();
    await writeFile(join(cacheDir, 'fun-asr-streams', 'models', 'tried'), '');
    const folder = await copyOf('sense-voice');
    expect(await resolveLocalModel(folder, { cacheDir, findSherpa })).toMatchObject({ folder });
  });

  it('refuses unknown names and added models whose folder is gone', async () => {
    const cacheDir = await temporaryFolder();
    await expect(resolveLocalModel('none', { cacheDir, findSherpa })).rejects.toMatchObject({
      code: 'E_OPTION',
    });
    const folder = await copyOf('sense-voice');
    await addModel(folder, { cacheDir, findSherpa });
    await rm(folder, { recursive: true });
    await expect(resolveLocalModel('my-sense-voice', { cacheDir, findSherpa })).rejects.toMatchObject({
      code: 'E_MODEL_REFUSED',
      message: `${folder} does not exist any more. It has the model my-sense-voice`,
      hint: 'Restore the folder, or run `fun-asr engine remove my-sense-voice`.',
    });
  });

  it('knows folders from names', () => {
    expect(['./m', '/m', 'a/b', 'fixtures/'].map(isModelFolder)).toEqual([true, true, true, true]);
    expect(['moonshine-tiny', 'fun-asr-realtime'].map(isModelFolder)).toEqual([false, false]);
  });

  it('takes a name without a slash for a name, although a folder of that name is in the current folder', () => {
    expect(existsSync('fixtures')).toBe(true);
    expect(isModelFolder('fixtures')).toBe(false);
    expect(isLocalModel('fixtures')).toBe(false);
  });
});
