import { FunAsrError, type TimeSpan } from '../../core/errors.ts';
import { formatSpan } from '../../core/seconds.ts';

/** The warning about words that a model may have invented. */
export function doubtfulWarning(span: TimeSpan, requestId: string): FunAsrError {
  return new FunAsrError('W_DOUBTFUL', `the words from ${formatSpan(span)} may be invented`, {
    span: { beginMs: Math.round(span.beginMs), endMs: Math.round(span.endMs) },
    requestId,
    hint: 'The speech may be in a language that the model does not know. Name the language of the recording.',
  });
}

/** The warning about speech that the service received and did not recognise. @param reason What is known about it. */
export function unrecognizedWarning(span: TimeSpan, reason: string, requestId: string): FunAsrError {
  return new FunAsrError('W_UNRECOGNIZED', `no text from ${formatSpan(span)}: ${reason}`, {
    span: { beginMs: Math.round(span.beginMs), endMs: Math.round(span.endMs) },
    requestId,
    hint: 'Check that the model recognises the language that is spoken, and that the speech is loud enough.',
  });
}
