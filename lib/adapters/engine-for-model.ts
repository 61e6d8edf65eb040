import type { EngineName } from '../engines/engine-option.ts';
import { RUNTIME_MODELS } from '../engines/funasr/runtime-engine.ts';
import { isLocalModel } from '../engines/models/choose-model.ts';

/**
 * The engine of a caller who names a model and no engine: the one that has this model, and not another recogniser because a key is
 * missing. A name that is not known here is one of the cloud.
 */
export function engineForModel(model: string | undefined): EngineName {
  if (model === undefined) return 'auto';
  if (RUNTIME_MODELS.includes(model)) return 'funasr';
  return isLocalModel(model) ? 'local' : 'cloud';
}
