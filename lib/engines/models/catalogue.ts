import type { LocalModel } from './local-model.ts';
import { MOONSHINE_BASE, MOONSHINE_TINY } from './moonshine.ts';

/** Name of a model of the local engine. */
export type LocalModelName = 'moonshine-base' | 'moonshine-tiny';

/** The model that is used if no other is asked for. */
export const DEFAULT_LOCAL_MODEL: LocalModelName = 'moonshine-base';

/** The models of the local engine. A new model is one more entry here, described as in `moonshine.ts`. */
export const LOCAL_MODELS: Readonly<Record<LocalModelName, LocalModel>> = {
  'moonshine-base': MOONSHINE_BASE,
  'moonshine-tiny': MOONSHINE_TINY,
};
