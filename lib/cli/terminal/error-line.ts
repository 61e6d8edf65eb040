import { styleText } from 'node:util';
import { printable } from './printable.ts';

/** What a line is made of: a FunAsrError, or what a result reports of one. */
interface Failure {
  readonly message: string;
  readonly code: string;
  readonly hint?: string | null | undefined;
  readonly requestId?: string | null | undefined;
}

/** A failure as one line: the input, what happened, what to do, and the code to look it up by. */
export function failureLine(failure: Failure, input?: string): string {
  return `${styleText('red', 'error:', { stream: process.stderr })} ${describe(failure, input)}`;
}

/** A loss that is not a failure, as one line. */
export function warningLine(warning: Failure, input?: string): string {
  return `${styleText('yellow', 'warning:', { stream: process.stderr })} ${describe(warning, input)}`;
}

function describe({ message, code, hint, requestId }: Failure, input?: string): string {
  // Most messages name their input already; those of the service cannot.
  const named = input === undefined || message.includes(input) ? message : `${input}: ${message}`;
  const sentence = /[.!?]$/.test(named) ? named : `${named}.`;
  const reference = requestId ? `${code}, request id ${requestId}` : code;
  return printable([inFlags(sentence), inFlags(hint ?? ''), `[${reference}]`].filter(Boolean).join(' '));
}

/** Options that messages name, standing alone: a file name may hold such a word, too. */
const OPTIONS = /(?<![^\s(])(?:ffmpegPath|maxDuration|sampleRate|punctuationPrediction)(?=[:.,)]?(?:\s|$))/g;

/** Speaks of flags where the library speaks of its options. */
function inFlags(text: string): string {
  return text.replaceAll(
    OPTIONS,
    (name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
}
