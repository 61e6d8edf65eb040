import { type Command, Option } from 'commander';
import { integer } from '../../core/options.ts';
import { parseFaults } from '../../testing/faults/fault-spec.ts';
import { type Fault, FAULTS } from '../../testing/faults/fault-kinds.ts';
import { helpList } from '../terminal/help.ts';
import { parseValue } from './values/parse-value.ts';

const DURATIONS = { required: ':duration', optional: '[:duration]' };

/** Values of the flags of {@link addFaultFlags}. */
export interface FaultFlags {
  readonly faults?: 'random' | readonly Fault[];
  readonly seed: number;
}

/** Adds the flags that make the service fail on purpose. */
export function addFaultFlags(command: Command): void {
  command
    .optionsGroup('Tests of a client:')
    .addOption(
      new Option(
        '--faults <list>',
        'faults to cause: kind[:parameter][:duration][@position in the audio], …; or random',
      ).argParser((spec) => (spec === 'random' ? spec : parseFaults(spec))),
    )
    .addOption(
      new Option('--seed <n>', 'seed of the random faults')
        .argParser(parseValue(Number, integer(0, 2 ** 32 - 1)))
        .default(1),
    )
    .addHelpText('after', () => `\nKinds of faults (each happens once):\n${faultList(command)}`);
}

function faultList(command: Command): string {
  const items = Object.entries(FAULTS).map(([kind, { parameter, duration, description }]) => {
    return [
      `${kind}${parameter ? `[:${parameter.default}]` : ''}${duration ? DURATIONS[duration] : ''}`,
      description,
    ] as const;
  });
  return helpList(command, items);
}
