/** Why an HTTP request is not granted: its status, and the `code` and `message` of its body. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A request that says what cannot be done. */
export function invalidParameter(message: string): RequestError {
  return new RequestError(400, 'InvalidParameter', message);
}
