import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { FunAsrError, messageOf } from '../../../core/errors.ts';
import { traceWire } from '../../../recognition/events/wire-trace.ts';
import { printable } from '../../terminal/printable.ts';

/**
 * Writes a trace of all connections to a file, until the returned function is called. A write error ends the trace
 * with a warning on stderr, not the command.
 * @throws {FunAsrError} `E_WRITE` when the file cannot be created.
 */
export async function openTraceFile(path: string): Promise<() => Promise<void>> {
  // Only for the owner: the trace contains the recognised text.
  const file = await open(path, 'w', 0o600).catch((cause: unknown) => {
    throw new FunAsrError('E_WRITE', `${path}: cannot write the trace: ${messageOf(cause)}`, { cause });
  });
  const output = file.createWriteStream();
  let isBroken = false;
  output.once('error', (cause) => {
    isBroken = true;
    stop();
    process.stderr.write(`warning: ${printable(path)}: the trace is incomplete: ${cause.message}\n`);
  });
  const stop = traceWire(output);
  return async () => {
    stop();
    if (isBroken) return;
    output.end();
    await finished(output).catch(() => {});
  };
}
