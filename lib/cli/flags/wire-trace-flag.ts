import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import { traceWire } from '../../recognition/events/wire-trace.ts';
import { printable } from '../terminal/printable.ts';

/** Adds the flag that writes a trace of the wire while a command runs. */
export function addWireTraceFlag(command: Command): void {
  command.option('--wire-trace <file>', 'write what goes over the wire, for bug reports: no audio, no key');
  let close = async (): Promise<void> => {};
  command.hook('preAction', async () => {
    const { wireTrace } = command.opts<{ wireTrace?: string }>();
    if (wireTrace !== undefined) close = await openTrace(wireTrace);
  });
  command.hook('postAction', () => close());
}

async function openTrace(path: string): Promise<() => Promise<void>> {
  // What was said may be private.
  const file = await open(path, 'w', 0o600).catch((cause: unknown) => {
    throw new FunAsrError('E_WRITE', `the trace ${path} cannot be written: ${messageOf(cause)}`, { cause });
  });
  const output = file.createWriteStream();
  let isBroken = false;
  // A disk that fills up must not end the work that is being traced.
  output.once('error', (cause) => {
    isBroken = true;
    stop();
    process.stderr.write(`warning: the trace ${printable(path)} ends in the middle: ${cause.message}\n`);
  });
  const stop = traceWire(output);
  return async () => {
    stop();
    if (isBroken) return;
    output.end();
    await finished(output).catch(() => {});
  };
}
