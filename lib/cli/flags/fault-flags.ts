import { type Command, Option } from 'commander';
import { integer } from '../../core/options.ts';
import type { Service } from '../../service/service.ts';
import { formatFault, formatFaults, parseFaults } from '../../testing/faults/fault-spec.ts';
import { type Fault, FAULTS } from '../../testing/faults/faults.ts';
import { startTestService, type TestServiceOptions } from '../../testing/test-service.ts';
import { parsed } from './parse-value.ts';
import { table } from '../terminal/table.ts';

const TIMES = { required: ':time', optional: '[:time]' };

/** What the flags of {@link addFaultFlags} give. */
export interface FaultFlags {
  readonly faults?: 'random' | readonly Fault[];
  readonly seed: number;
}

/** Adds the flags that let a service fail on purpose. */
export function addFaultFlags(command: Command): void {
  command
    .optionsGroup('To test a client:')
    .addOption(
      new Option(
        '--faults <spec>',
        'what goes wrong, as kind[:what][:time][@audio received], …; or random',
      ).argParser((spec) => (spec === 'random' ? spec : parseFaults(spec))),
    )
    .addOption(
      new Option('--seed <n>', 'what random faults are made from')
        .argParser(parsed(Number, integer(0, 2 ** 32 - 1)))
        .default(1),
    )
    .addHelpText('after', () => `\nFaults, each once:\n${faultTable().trimEnd()}`);
}

/** Starts a service with faults that says on stderr which they are, and each when it happens. */
export async function startFaultyService(options: TestServiceOptions): Promise<Service> {
  const service = await startTestService({
    ...options,
    onFault: ({ fault, connection, audioMs }) =>
      void process.stderr.write(
        `fault: ${formatFault(fault)} on connection ${connection}, after ${(audioMs / 1000).toFixed(1)} s of audio\n`,
      ),
  });
  process.stderr.write(`faults: ${formatFaults(service.faults)}\n`);
  return service;
}

function faultTable(): string {
  const rows = Object.entries(FAULTS).map(([kind, { what, time, does }]) => [
    `  ${kind}${what ? `[:${what.default}]` : ''}${time ? TIMES[time] : ''}`,
    does,
  ]);
  return table(['  kind', 'what it does'], rows);
}
