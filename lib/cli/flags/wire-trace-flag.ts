import type { Command } from 'commander';
import { openTraceFile } from '../run/batch/trace-file.ts';

/** Adds `--wire-trace`, which records the messages of the connection while the command runs. */
export function addWireTraceFlag(command: Command): void {
  command
    .optionsGroup('Diagnostics:')
    .option('--wire-trace <file>', 'write a trace of all messages, without audio or key, for bug reports');
  let close = async (): Promise<void> => {};
  command.hook('preAction', async () => {
    const { wireTrace } = command.opts<{ wireTrace?: string }>();
    if (wireTrace !== undefined) close = await openTraceFile(wireTrace);
  });
  command.hook('postAction', () => close());
}
