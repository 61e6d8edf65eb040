import { inspect } from 'node:util';
import { FunAsrError } from '../core/errors.ts';
import type { RecognitionResult } from './recognition-result.ts';

/** The callbacks of the official Python SDK, in the order in which they are called. Each may be left out. */
export interface RecognitionCallback {
  /** The service has started the task. */
  onOpen?(): void;
  /** A sentence, partial or final. */
  onEvent?(result: RecognitionResult): void;
  /** All audio was recognised. */
  onComplete?(): void;
  /** The task failed. Called instead of `onComplete`. */
  onError?(error: FunAsrError): void;
  /** The task has ended. Nothing is called after this. */
  onClose?(): void;
}

const NAMES = ['onOpen', 'onEvent', 'onComplete', 'onError', 'onClose'] as const;

/**
 * Refuses callbacks that are passed as options, as `on_event` or `onEvent`.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function refuseCallbackOptions(owner: string, options: object): void {
  for (const name of NAMES) {
    const given = [name, pythonNameOf(name)].find((option) => option in options);
    if (given !== undefined) {
      throw refused(owner, `there is no option ${given}`, `Pass callback: { ${name} }.`);
    }
  }
}

/**
 * Refuses a callback that would never be called: names of the Python SDK, no known name at all, and names that do not
 * refer to functions. Methods of a class count.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function checkCallback(owner: string, callback: unknown): void {
  if (typeof callback !== 'object' || callback === null) {
    throw refused(owner, `option callback must be an object, got ${inspect(callback)}`);
  }
  for (const name of NAMES) {
    const pythonName = pythonNameOf(name);
    if (pythonName in callback) {
      throw refused(owner, `the callback has no function ${pythonName}`, `Did you mean ${name}?`);
    }
    const value: unknown = Reflect.get(callback, name);
    if (value !== undefined && typeof value !== 'function') {
      throw refused(owner, `${name} of the callback must be a function, got ${inspect(value, { depth: 0 })}`);
    }
  }
  if (!NAMES.some((name) => name in callback)) {
    throw refused(owner, `the callback has none of the functions ${NAMES.join(', ')}`);
  }
}

function pythonNameOf(name: string): string {
  return name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`);
}

function refused(owner: string, message: string, hint?: string): FunAsrError {
  return new FunAsrError('E_OPTION', `${owner}: ${message}`, { hint });
}
