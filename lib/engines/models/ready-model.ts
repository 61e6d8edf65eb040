import { FunAsrError } from '../../core/errors.ts';
import { hostedFilesOf, type LocalModel, sizeOf } from './local-model.ts';
import { type PullOptions, pull } from './model-pull.ts';
import { type ModelState, type ModelStoreOptions, stateOf } from './model-store.ts';

/**
 * Returns a model that is ready to be loaded. A model of the npm registry is downloaded, unless it is on this machine. A model
 * of other hosts is not: its license and its size need the consent of the user, who downloads it with `pullModel`.
 * @throws {FunAsrError} `E_MODEL_MISSING`
 */
export async function readyModel(model: LocalModel, options: PullOptions): Promise<ModelState> {
  return (await checkConsent(model, options.cacheDir)) ?? (await pull(model, options));
}

/**
 * Checks a model that only the user may download.
 * @returns Its state; undefined for a model that needs no consent.
 * @throws {FunAsrError} `E_MODEL_MISSING`
 */
export async function checkConsent(
  model: LocalModel,
  cacheDir: string | undefined,
): Promise<ModelState | undefined> {
  if (!needsConsent(model)) return undefined;
  const state = await stateOf(model, cacheDir);
  if (state.state !== 'ready') throw modelMissing(model, state);
  return state;
}

/** Whether a model must be downloaded before it can be used, and only the user may decide that. */
export async function lacksConsent(
  model: LocalModel,
  { cacheDir }: ModelStoreOptions = {},
): Promise<boolean> {
  return needsConsent(model) && (await stateOf(model, cacheDir)).state !== 'ready';
}

/** The size of a model, rounded: `240 MB`. */
export function roundedSize(model: LocalModel): string {
  return `${Number((sizeOf(model) / 1e6).toPrecision(2))} MB`;
}

/** Whether files of a model come from hosts outside the npm registry. */
function needsConsent(model: LocalModel): boolean {
  return hostedFilesOf(model).length > 0;
}

function modelMissing(model: LocalModel, { state }: ModelState): FunAsrError {
  const { name, languages, license, licenseUrl } = model;
  const what = state === 'missing' ? 'not installed' : state;
  return new FunAsrError('E_MODEL_MISSING', `Model ${name} (${languages.join(', ')}) is ${what}`, {
    hint:
      `To download it, run \`fun-asr engine pull ${name}\` (${roundedSize(model)}; license: ${license}` +
      `${licenseUrl === undefined ? '' : `, ${licenseUrl}`}), or set DASHSCOPE_API_KEY to use the cloud.`,
  });
}
