import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FunAsrError } from '../../core/errors.ts';
import { ensureTried, findAddedModel } from './added-models.ts';
import { LOCAL_MODELS, type LocalModelName } from './catalogue/catalogue.ts';
import { isModelFolder, unknownModel } from './choose-model.ts';
import { recognizeFolder, refused } from './families/recognize-folder.ts';
import type { LocalModel, SpeechModelFiles } from './local-model.ts';
import { pull, type PullOptions } from './model-pull.ts';
import { readyModel } from './ready-model.ts';
import { isIntact, stateOf } from './model-store.ts';
import { VOICE_DETECTOR } from './catalogue/silero.ts';

/** Options of {@link resolveLocalModel}. */
export interface ResolveOptions extends PullOptions {
  /** Finds the main file of sherpa-onnx-node, for the trial of a model of the user. */
  readonly findSherpa: () => Promise<string>;
}

/** A model of the local engine that is on this machine, with its voice detector. */
export interface ResolvedModel {
  readonly name: string;
  /** ISO 639 codes; empty for a folder whose languages are not known. */
  readonly languages: readonly string[];
  readonly folder: string;
  readonly speechModel: SpeechModelFiles;
  readonly smallSpeechModel?: SpeechModelFiles | undefined;
  /** Path of the voice detector. */
  readonly voiceDetector: string;
  /** The family of a model of the user, as sherpa-onnx names it. */
  readonly family?: string | undefined;
}

/**
 * Makes a model ready: one of the catalogue is downloaded if needed, one of the user is recognised, and tried if its
 * files have changed since the last trial.
 * @param value Name of a model of the catalogue or of the user, or a folder with a model.
 * @throws {FunAsrError} `E_OPTION`, `E_MODEL_MISSING`, `E_MODEL_REFUSED`, `E_ENGINE`
 */
export async function resolveLocalModel(value: string, options: ResolveOptions): Promise<ResolvedModel> {
  const { findSherpa, ...pullOptions } = options;
  if (Object.hasOwn(LOCAL_MODELS, value))
    return await resolveCatalogueModel(value as LocalModelName, pullOptions);
  const added = await findAddedModel(value, pullOptions);
  if (!added && !isModelFolder(value)) throw unknownModel(value);
  if (added && !(await stat(added.folder).catch(() => undefined)))
    throw refused(added.folder, `does not exist any more. It has the model ${added.name}`);
  const model = await recognizeFolder(added?.folder ?? value);
  if (model.family.kind === 'punctuation') throw notSpeech(value, model.folder);
  await ensureTried(model, { cacheDir: options.cacheDir, findSherpa, signal: options.signal });
  return {
    name: added?.name ?? basename(model.folder),
    languages: added?.languages ?? model.languages,
    folder: model.folder,
    speechModel: {
      configIn: model.configIn,
      hasTokenTimes: model.family.hasTokenTimes,
      lacksMarks: model.lacksMarks,
    },
    voiceDetector: await resolveVoiceDetector(pullOptions),
    family: model.family.key,
  };
}

function notSpeech(value: string, folder: string): FunAsrError {
  return new FunAsrError('E_OPTION', `${value} is a punctuation model, which does not recognise speech`, {
    hint: `Name a speech model. Once \`fun-asr engine add ${folder}\` has added this one, it is used with those that write no punctuation.`,
  });
}

/** Returns a model of the catalogue if it is on this machine. */
export async function findInstalled(
  model: LocalModel,
  cacheDir: string | undefined,
): Promise<ResolvedModel | undefined> {
  const { state, folder } = await stateOf(model, cacheDir);
  return state === 'ready' ? resolved(model, folder) : undefined;
}

async function resolveCatalogueModel(name: LocalModelName, options: PullOptions): Promise<ResolvedModel> {
  const model = LOCAL_MODELS[name];
  return resolved(model, (await readyModel(model, options)).folder);
}

function resolved(model: LocalModel, folder: string): ResolvedModel {
  const { name, languages, speechModel, smallSpeechModel, voiceDetector } = model;
  return {
    name,
    languages,
    folder,
    speechModel,
    smallSpeechModel,
    voiceDetector: join(folder, voiceDetector),
  };
}

/** The voice detector alone, as a model of one file. */
const VOICE_DETECTOR_ONLY: LocalModel = {
  name: 'voice-detector',
  languages: [],
  license: 'MIT',
  files: { 'voice.onnx': VOICE_DETECTOR },
  speechModel: { configIn: () => ({}) },
  voiceDetector: 'voice.onnx',
};

/** Finds the voice detector of an installed model, or downloads it alone. */
async function resolveVoiceDetector(options: PullOptions): Promise<string> {
  for (const model of Object.values(LOCAL_MODELS)) {
    const { folder } = await stateOf({ ...model, files: {} }, options.cacheDir);
    const file = model.files[model.voiceDetector];
    if (file && (await isIntact(folder, [[model.voiceDetector, file]])))
      return join(folder, model.voiceDetector);
  }
  const { folder } = await pull(VOICE_DETECTOR_ONLY, options);
  return join(folder, VOICE_DETECTOR_ONLY.voiceDetector);
}
