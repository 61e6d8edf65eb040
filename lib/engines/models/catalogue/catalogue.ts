import { FUN_ASR_NANO_MODELS } from './fun-asr-nano.ts';
import type { LocalModel } from '../local-model.ts';
import { MOONSHINE_MODELS } from './moonshine.ts';
import { SENSE_VOICE_MODELS } from './sense-voice.ts';

/** Name of a model of the local engine. */
export type LocalModelName = 'moonshine-base' | 'moonshine-tiny' | 'sense-voice' | 'fun-asr-nano';

/** The models of the local engine. Each family is one file, as `moonshine.ts`, and one entry here. */
export const LOCAL_MODELS: Readonly<Record<LocalModelName, LocalModel>> = {
  ...MOONSHINE_MODELS,
  ...SENSE_VOICE_MODELS,
  ...FUN_ASR_NANO_MODELS,
};

/** The model that is used if neither a model nor a language is given. */
export const DEFAULT_LOCAL_MODEL: LocalModelName = 'moonshine-base';

/** The model that detects the language, and recognises what the default one does not know. */
export const MULTILINGUAL_MODEL: LocalModelName = 'sense-voice';

/** The models that are chosen by the language, in this order. Others are used only by their names. */
const CHOSEN_BY_LANGUAGE: readonly LocalModelName[] = [DEFAULT_LOCAL_MODEL, MULTILINGUAL_MODEL];

/** The model for a language; undefined when none of those that are chosen by themselves knows it. */
export function defaultModelFor(language: string | undefined): LocalModelName | undefined {
  if (language === undefined) return DEFAULT_LOCAL_MODEL;
  return CHOSEN_BY_LANGUAGE.find((name) => LOCAL_MODELS[name].languages.includes(language));
}
