import { asSpan, type ReportedError } from '../../core/reported-error.ts';
import { formatSeconds, formatSpan } from '../../core/seconds.ts';
import { warningLine } from './error-line.ts';

const MAX_SPANS = 5;

/**
 * Formats the warnings about speech in one recording that was not recognised: one line for all that differ only in
 * their spans.
 */
export function unrecognizedLines(warnings: readonly ReportedError[], input: string): string[] {
  const groups = new Map<string, ReportedError[]>();
  for (const warning of warnings) {
    if (warning.code !== 'W_UNRECOGNIZED') continue;
    const key = warning.span
      ? warning.message.replace(formatSpan(asSpan(warning.span)), '')
      : warning.message;
    groups.set(key, [...(groups.get(key) ?? []), warning]);
  }
  return [...groups.values()].map((group) => warningLine(summaryOf(group), input));
}

function summaryOf(group: readonly ReportedError[]): ReportedError {
  const [first, ...others] = group as [ReportedError, ...ReportedError[]];
  if (others.length === 0) return first;
  const spans = group.flatMap(({ span }) => span ?? []);
  const totalMs = spans.reduce((sum, { begin, end }) => sum + end - begin, 0);
  const shown = spans
    .slice(0, MAX_SPANS)
    .map(({ begin, end }) => `${secondsOf(begin)}–${formatSeconds(end)}`);
  if (spans.length > MAX_SPANS) shown.push('…');
  const message = `${group.length} parts, ${formatSeconds(totalMs)} in total, not recognised: ${shown.join(', ')}`;
  return { ...first, message, requestId: null };
}

function secondsOf(ms: number): string {
  return formatSeconds(ms).replace(/ s$/, '');
}
