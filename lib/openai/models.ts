import type { Backend } from '../engines/backend.ts';
import { CLOUD_MODELS } from '../protocol/cloud-models.ts';
import { ApiError } from './api-error.ts';

/** The name that most clients send: it means the default model. */
const ALIAS = 'whisper-1';

/** The models that clients may name. */
export function listModels(backend: Backend): object {
  return { object: 'list', data: modelNames(backend).map(modelObject) };
}

/** Describes one model. @throws {ApiError} 404 */
export function describeModel(backend: Backend, name: string): object {
  if (modelNames(backend).includes(name)) return modelObject(name);
  throw new ApiError(404, 'model_not_found', `There is no model ${JSON.stringify(name)}.`, {
    param: 'model',
  });
}

function modelNames({ name, model }: Backend): string[] {
  const others = name === 'cloud' ? CLOUD_MODELS.map((one) => one.name) : [];
  return [...new Set([model, ...others, ALIAS])];
}

function modelObject(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'fun-asr-streams' };
}
