import { FunAsrError, type TimeSpan } from '../../core/errors.ts';

/** The warning about speech that the service received and did not recognise. @param reason What is known about it. */
export function unrecognizedWarning(
  { beginMs, endMs }: TimeSpan,
  reason: string,
  requestId: string,
): FunAsrError {
  const seconds = [beginMs, endMs].map((ms) => (ms / 1000).toFixed(1));
  return new FunAsrError('W_UNRECOGNIZED', `no text from ${seconds.join(' s to ')} s: ${reason}`, {
    span: { beginMs: Math.round(beginMs), endMs: Math.round(endMs) },
    requestId,
    hint: 'Check that the model recognises the language that is spoken, and that the speech is loud enough.',
  });
}
