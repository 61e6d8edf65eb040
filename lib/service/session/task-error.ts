import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';

/** Why a task fails: becomes `error_code` and `error_message` of `task-failed`. */
export class TaskError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Makes the error of an invalid message or parameter of the client. */
export function invalidParameter(message: string, cause?: unknown): TaskError {
  return new TaskError(SERVICE_CODES.invalidParameter, message, cause);
}
