import type { Command, Option } from 'commander';

/** Flags that concern the program, and not its work. */
const NO_KEYS: readonly string[] = ['version', 'help', 'config'];

/** The flag of a command for a key of a configuration file. For `itn`, which has only `--no-itn`, it is that flag. */
export function flagOf(command: Command, key: string): Option | undefined {
  const flags = command.options.filter((option) => !option.hidden && option.attributeName() === key);
  return flags.find(({ negate }) => !negate) ?? flags[0];
}

/** The keys of all flags of a command and the commands below it. */
export function keysOf(command: Command): string[] {
  const own = command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => option.attributeName())
    .filter((key) => !NO_KEYS.includes(key));
  return [...new Set([...own, ...command.commands.flatMap(keysOf)])];
}
