import { SERVICE_CODES } from '../protocol/errors/service-codes.ts';

/** Why an HTTP request is refused: its status, and `code` and `message` of its body. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Makes the error of a request with invalid content. */
export function badRequest(message: string): RequestError {
  return new RequestError(400, SERVICE_CODES.invalidParameter, message);
}
