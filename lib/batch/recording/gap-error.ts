import { FunAsrError } from '../../core/errors.ts';
import { formatSpan } from '../../core/seconds.ts';
import { STDIN } from '../plan/find-recordings.ts';
import { isRetried, type OpenGap } from '../state/journal/gaps.ts';
import { optionName } from '../../core/option-names.ts';

/**
 * The failure of a recording of which the service did not recognise some parts.
 * @param reason Why the last of them was given up in this run, if one was.
 */
export function gapError(input: string, gaps: readonly OpenGap[], reason?: FunAsrError): FunAsrError {
  const spans = gaps.map(formatSpan).join(', ');
  return new FunAsrError('E_SERVER_SPAN', `${input}: the service did not recognise ${spans}`, {
    hint: hintFor(input, gaps),
    span: gaps.length === 1 ? gaps[0] : undefined,
    retryable: input !== STDIN && gaps.some(isRetried),
    requestId: reason?.requestId,
    cause: reason,
  });
}

function hintFor(input: string, gaps: readonly OpenGap[]): string {
  if (input === STDIN) return 'Run again with all of the input: standard input cannot be read twice.';
  if (gaps.some(isRetried)) return 'Run the same command again: only the missing part is sent.';
  return `Several runs have failed on it. To recognise the whole recording again, use ${optionName('force')}.`;
}
