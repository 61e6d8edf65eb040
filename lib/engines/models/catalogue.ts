import { MOONSHINE_MODELS } from './moonshine.ts';

/** The models of the local engine. Each family is one file, as `moonshine.ts`, and one entry here. */
export const LOCAL_MODELS: typeof MOONSHINE_MODELS = { ...MOONSHINE_MODELS };

/** Name of a model of the local engine. */
export type LocalModelName = keyof typeof LOCAL_MODELS;

/** The model that is used if no other is asked for. */
export const DEFAULT_LOCAL_MODEL: LocalModelName = 'moonshine-base';
