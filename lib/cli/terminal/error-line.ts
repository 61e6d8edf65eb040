import { styleText } from 'node:util';
import { printable } from './printable.ts';
import { withProgramName } from './program-name.ts';

/** The fields that the line needs: those of a FunAsrError, or of an error in a result. */
interface Problem {
  readonly message: string;
  readonly code: string;
  readonly hint?: string | null | undefined;
  readonly requestId?: string | null | undefined;
}

/** Formats an error as one line: the input, what happened, what to do, and the code to look up. */
export function errorLine(error: Problem, input?: string): string {
  return `${styleText('red', 'error:', { stream: process.stderr })} ${describe(error, input)}`;
}

/** Formats a warning as one line, like {@link errorLine}. */
export function warningLine(warning: Problem, input?: string): string {
  return `${styleText('yellow', 'warning:', { stream: process.stderr })} ${describe(warning, input)}`;
}

function describe({ message, code, hint, requestId }: Problem, input?: string): string {
  // Most messages name their input. Messages of the service do not know it.
  const named = input === undefined || message.includes(input) ? message : `${input}: ${message}`;
  const sentence = /[.!?]$/.test(named) ? named : `${named}.`;
  const reference = requestId ? `${code}, request id ${requestId}` : code;
  const parts = [sentence, hint && withProgramName(hint), `[${reference}]`].filter(Boolean);
  // The hosts that a model was not downloaded from: one line each.
  if (code === 'E_MODEL_MISSING' && named.includes('\n')) return linesOf(parts.join('\n'));
  return printable(parts.join(' '));
}

function linesOf(text: string): string {
  return text.split('\n').map(printable).join('\n  ');
}
