/** Why a task fails, as the client is told: the service's own `error_code`, and as message its `error_message`. */
export class TaskFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What the client asked for is not possible. */
export function invalidParameter(message: string, cause?: unknown): TaskFailure {
  return new TaskFailure('InvalidParameter', message, cause);
}
