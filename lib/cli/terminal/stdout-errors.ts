import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { errorLine } from './error-line.ts';

/** State of standard output. */
export interface StdoutWatch {
  /** The first write error. It is printed already; a command that awaits stdout throws it, too. */
  readonly error: Error | undefined;
}

/**
 * Keeps the program running when standard output fails, so that the output files are still written. The error is
 * printed once and sets the exit code to 1. A reader that closes the pipe early, like `head`, is not an error.
 */
export function watchStdout(): StdoutWatch {
  const watch: { error: Error | undefined } = { error: undefined };
  process.stdout.on('error', (error) => {
    if (systemCode(error) === 'EPIPE' || watch.error) return;
    watch.error = error;
    const failure = new FunAsrError('E_WRITE', `standard output: cannot write: ${messageOf(error)}`, {
      hint: 'Check the free space where standard output is redirected to.',
    });
    process.stderr.write(`${errorLine(failure)}\n`);
    process.once('exit', (code) => {
      if (code === 0) process.exitCode = 1;
    });
  });
  // Without stderr there is no way to report an error.
  process.stderr.on('error', () => {});
  return watch;
}
