import type { Argument, Command, Option } from 'commander';
import { suggestedValues } from '../flags/values/suggested-values.ts';

/** What a shell offers for a value: files, folders, one of some words, some words with commas, or nothing. */
export type Offer =
  | { readonly kind: 'files' | 'folders' | 'nothing' }
  | { readonly kind: 'words' | 'list'; readonly words: readonly string[] };

/** A flag, as shells show it. */
export interface CompletedFlag {
  /** `-o` and `--output-dir`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for a flag without a value. */
  readonly value: Offer | undefined;
  readonly isValueOptional: boolean;
}

/** A command, as shells show it. */
export interface CompletedCommand {
  /** The words of the command, such as `queue add`. Empty for the program. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CompletedCommand[];
  readonly flags: readonly CompletedFlag[];
  /** What is offered for an argument that is not a flag. */
  readonly argument: Offer;
}

/** Describes a command and all commands below it. Flags of the program are flags of each. */
export function commandTree(
  command: Command,
  parentPath: string = '',
  shared: readonly Option[] = [],
): CompletedCommand {
  const path = command.parent ? `${parentPath} ${command.name()}`.trim() : '';
  const own = command.createHelp().visibleOptions(command);
  const global = command.parent
    ? shared
    : own.filter((option) => !['version', 'help'].includes(option.name()));
  return {
    path,
    name: command.name(),
    summary: command.summary() || command.description(),
    commands: command.commands.map((below) => commandTree(below, path, global)),
    flags: [...new Set([...own, ...global])].map(completedFlag),
    argument: offerOfArgument(command.registeredArguments[0]),
  };
}

/** All commands of a tree, without the program. */
export function commandsOf(tree: CompletedCommand): CompletedCommand[] {
  return tree.commands.flatMap((command) => [command, ...commandsOf(command)]);
}

function completedFlag(option: Option): CompletedFlag {
  const { short, long, description, optional: isValueOptional } = option;
  return {
    names: [short, long].filter((name) => name !== undefined),
    description,
    value: option.required || isValueOptional ? offerOfFlag(option) : undefined,
    isValueOptional,
  };
}

function offerOfFlag(option: Option): Offer {
  const words = suggestedValues(option);
  if (words.length > 0) return { kind: option.flags.includes('<list>') ? 'list' : 'words', words };
  if (/[<[](?:file|path)[>\]]/.test(option.flags)) return { kind: 'files' };
  return { kind: option.flags.includes('<dir>') ? 'folders' : 'nothing' };
}

function offerOfArgument(argument: Argument | undefined): Offer {
  if (argument?.argChoices) return { kind: 'words', words: argument.argChoices };
  if (argument?.name() === 'folder') return { kind: 'folders' };
  return { kind: ['input', 'file'].includes(argument?.name() ?? '') ? 'files' : 'nothing' };
}
