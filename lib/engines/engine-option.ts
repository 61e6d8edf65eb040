import type { Rule } from '../core/options.ts';
import type { Engine } from '../service/engine.ts';
import type { Backend, BackendName } from './backend.ts';

/** What the option `engine` accepts: a name, a {@link Backend} of `chooseBackend`, or an {@link Engine}. */
export type EngineOption = EngineName | Backend | Engine;

/** The names of engines. */
export type EngineName = 'auto' | BackendName;

export const ENGINE_NAMES: readonly EngineName[] = ['auto', 'cloud', 'local', 'funasr'];
const NAMES: readonly unknown[] = ENGINE_NAMES;

/** The rule of the option `engine`. */
export const engineOption: Rule = (value) =>
  NAMES.includes(value) || isBackend(value) || isEngine(value)
    ? undefined
    : 'must be auto, cloud, local, funasr, an engine of openLocalEngine, or a backend of chooseBackend';

/** Whether a value is a {@link Backend}, which says so in its field `kind`. */
export function isBackend(value: unknown): value is Backend {
  return isObject(value) && 'kind' in value && value.kind === 'backend';
}

/** Whether a value is an {@link Engine}: an object that is not a backend and has the members of an engine. */
export function isEngine(value: unknown): value is Engine {
  return isObject(value) && !isBackend(value) && ENGINE_MEMBERS.every((name) => name in value);
}

const ENGINE_MEMBERS = ['open', 'close', 'model', 'languages'];

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
