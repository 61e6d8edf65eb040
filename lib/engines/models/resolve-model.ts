import { basename, join } from 'node:path';
import { ensureTried } from './added-models.ts';
import { LOCAL_MODELS } from './catalogue/catalogue.ts';
import { findModel } from './choose-model.ts';
import type { LocalModel, SpeechModelFiles } from './local-model.ts';
import { pull, type PullOptions } from './model-pull.ts';
import type { PunctuationModel } from './punctuation-model.ts';
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
  /** What adds punctuation to its texts. @default it writes its own, or there is none for its languages */
  readonly punctuation?: PunctuationModel | undefined;
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
  const { cacheDir, signal } = options;
  const choice = findModel(value, { cacheDir });
  if (choice.kind === 'catalogue')
    return resolved(choice.model, (await readyModel(choice.model, pullOptions)).folder);
  const { model, punctuation } = choice;
  await ensureTried(model, { cacheDir, findSherpa, signal });
  if (punctuation) await ensureTried(punctuation.model, { cacheDir, findSherpa, signal });
  return {
    name: choice.kind === 'added' ? choice.name : basename(model.folder),
    languages: choice.languages,
    folder: model.folder,
    speechModel: {
      configIn: model.configIn,
      hasTokenTimes: model.family.hasTokenTimes,
      streamingTailMs: model.streamingTailMs,
    },
    voiceDetector: await resolveVoiceDetector(pullOptions),
    punctuation,
    family: model.family.key,
  };
}

/** Returns a model of the catalogue if it is on this machine. */
export async function findInstalled(
  model: LocalModel,
  cacheDir: string | undefined,
): Promise<ResolvedModel | undefined> {
  const { state, folder } = await stateOf(model, cacheDir);
  return state === 'ready' ? resolved(model, folder) : undefined;
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
