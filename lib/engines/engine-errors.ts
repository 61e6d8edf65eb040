import { FunAsrError, messageOf } from '../core/errors.ts';
import { type BackendName, THEM } from './backend.ts';

/** More errors than this are not kept. The client of a task asks for its error at once, unless it was destroyed. */
const MAX_ERRORS = 100;
const errors = new Map<string, FunAsrError>();

/**
 * Keeps the error of an engine that made a task of this process fail. The protocol has only a code and a message for it,
 * and the code means that a retry may help.
 */
export function keepEngineError(taskId: string, model: string, error: unknown): void {
  const [oldest] = errors.keys();
  if (errors.size >= MAX_ERRORS && oldest !== undefined) errors.delete(oldest);
  errors.set(taskId, engineError(taskId, model, error));
}

/** Returns the error that the engine raised in a task, and forgets it. Undefined when the engine raised none. */
export function takeEngineError(taskId: string | undefined): FunAsrError | undefined {
  if (taskId === undefined) return undefined;
  const error = errors.get(taskId);
  errors.delete(taskId);
  return error;
}

/** What the client calls the service of this process: its address, which means nothing to the user. */
const OWN_SERVICE = /^127\.0\.0\.1:\d+(?= did not )/;

const OVERLOADED: Readonly<Record<Exclude<BackendName, 'cloud'>, string>> = {
  local: 'This machine may be overloaded: recognise fewer recordings at a time.',
  funasr:
    'The server may be overloaded, or too old to mark its last result: see the page about the FunASR runtime server.',
};

/** A failure that a client of the service of this process has found, about the engine itself. */
export function failureOf(name: Exclude<BackendName, 'cloud'>, failure: FunAsrError): FunAsrError {
  if (failure.code !== 'E_TIMEOUT') return failure;
  const { code, message, requestId, retryable, retryAfterMs, cause } = failure;
  const hint = OVERLOADED[name];
  return new FunAsrError(code, message.replace(OWN_SERVICE, THEM[name]), {
    hint,
    requestId,
    retryable,
    retryAfterMs,
    cause,
  });
}

function engineError(requestId: string, model: string, error: unknown): FunAsrError {
  if (!(error instanceof FunAsrError)) {
    return new FunAsrError('E_ENGINE', `the engine ${model} failed: ${messageOf(error)}`, {
      requestId,
      cause: error,
    });
  }
  const { code, message, hint, retryable, retryAfterMs, cause } = error;
  return new FunAsrError(code, message, { hint, retryable, retryAfterMs, cause, requestId });
}
