import { FunAsrError, type TimeSpan } from '../../core/errors.ts';
import { formatSpan } from '../../core/seconds.ts';

/** The warning about speech that the service received and did not recognise. @param reason What is known about it. */
export function unrecognizedWarning(span: TimeSpan, reason: string, requestId: string): FunAsrError {
  return new FunAsrError('W_UNRECOGNIZED', `no text from ${formatSpan(span)}: ${reason}`, {
    span: { beginMs: Math.round(span.beginMs), endMs: Math.round(span.endMs) },
    requestId,
    hint: 'Check that the model recognises the language that is spoken, and that the speech is loud enough.',
  });
}
