import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { failureLine } from './error-line.ts';

/** What became of standard output. */
export interface OutputWatch {
  /** Why it could not be written: what a command that waits for it throws, too. It was said already. */
  readonly failure: Error | undefined;
}

/**
 * Keeps the program going when standard output breaks: the files that it writes are worth more than what is said of
 * them. Readers who have had enough, like head, are no failure. Anything else is said once, and the program does not
 * end as a success.
 */
export function watchOutput(): OutputWatch {
  const watch: { failure: Error | undefined } = { failure: undefined };
  process.stdout.on('error', (error) => {
    if (systemCode(error) === 'EPIPE' || watch.failure) return;
    watch.failure = error;
    const failure = new FunAsrError('E_WRITE', `standard output cannot be written: ${messageOf(error)}`, {
      hint: 'Send it where there is room for it.',
    });
    process.stderr.write(`${failureLine(failure)}\n`);
    process.once('exit', (code) => {
      if (code === 0) process.exitCode = 1;
    });
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => {});
  return watch;
}
