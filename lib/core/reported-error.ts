import { type ErrorCode, FunAsrError, type TimeSpan } from './errors.ts';

/** A {@link FunAsrError} as plain data. */
export interface ReportedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** The part of the recording that it is about, in ms; missing when it is about all of it. */
  readonly span?: TimeSpan;
}

/** Converts an error to plain data. */
export function reportError(error: FunAsrError): ReportedError {
  return {
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    requestId: error.requestId ?? null,
    ...(error.span && { span: error.span }),
  };
}

/** Restores an error from plain data. */
export function asError({ code, message, hint, requestId, span }: ReportedError): FunAsrError {
  return new FunAsrError(code, message, { hint: hint ?? undefined, requestId: requestId ?? undefined, span });
}
