import { type ErrorCode, FunAsrError, type TimeSpan } from './errors.ts';

/** A part of a recording as plain data, in ms from its start. */
export interface ReportedSpan {
  readonly begin: number;
  readonly end: number;
}

/** A {@link FunAsrError} as plain data. */
export interface ReportedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** The part of the recording that it is about; missing when it is about all of it. */
  readonly span?: ReportedSpan;
}

/** Converts an error to plain data. */
export function reportError(error: FunAsrError): ReportedError {
  return {
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    requestId: error.requestId ?? null,
    ...(error.span && { span: reportSpan(error.span) }),
  };
}

/** Restores an error from plain data. */
export function asError({ code, message, hint, requestId, span }: ReportedError): FunAsrError {
  return new FunAsrError(code, message, {
    hint: hint ?? undefined,
    requestId: requestId ?? undefined,
    span: span && asSpan(span),
  });
}

/** Converts a part of a recording to plain data. */
export function reportSpan({ beginMs, endMs }: TimeSpan): ReportedSpan {
  return { begin: beginMs, end: endMs };
}

/** Restores a part of a recording from plain data. */
export function asSpan({ begin, end }: ReportedSpan): TimeSpan {
  return { beginMs: begin, endMs: end };
}
