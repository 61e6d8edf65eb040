import { FunAsrError, type TimeSpan } from '../../core/errors.ts';
import { formatSpan } from '../../core/seconds.ts';

/** Spans that are at most this far apart are neighbours: the voice detector leaves out the pauses between words. */
const NEIGHBOUR_MS = 1000;

/** Joins those `W_UNRECOGNIZED` warnings that differ only in their spans and whose spans are neighbours. */
export function joinUnrecognized(warnings: readonly FunAsrError[]): FunAsrError[] {
  const joined: FunAsrError[] = [];
  for (const warning of warnings) {
    const index = joined.findLastIndex(({ code }) => code === 'W_UNRECOGNIZED');
    const previous = joined[index];
    const both = previous && warning.code === 'W_UNRECOGNIZED' ? join(previous, warning) : undefined;
    if (both) joined[index] = both;
    else joined.push(warning);
  }
  return joined;
}

/** The warning about both spans; undefined when the warnings say different things, or the spans are far apart. */
function join(one: FunAsrError, other: FunAsrError): FunAsrError | undefined {
  if (!one.span || !other.span || other.span.beginMs - one.span.endMs > NEIGHBOUR_MS) return undefined;
  const span: TimeSpan = {
    beginMs: Math.min(one.span.beginMs, other.span.beginMs),
    endMs: Math.max(one.span.endMs, other.span.endMs),
  };
  const [message, otherMessage] = [one, other].map(
    (warning) => warning.span && warning.message.replace(formatSpan(warning.span), formatSpan(span)),
  );
  if (message === undefined || message !== otherMessage) return undefined;
  const { code, hint, requestId } = one;
  return new FunAsrError(code, message, { hint, requestId, span });
}
