import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { commandTree, type CompletedCommand } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { ProgramParts } from '../config/config-flags.ts';
import { addHelpText } from '../terminal/help.ts';

const SHELLS: Readonly<Record<string, (tree: CompletedCommand) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function define(command: Command, { defineAll }: ProgramParts): void {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .action(async (shell: string) => {
      await defineAll();
      if (command.parent) process.stdout.write(SHELLS[shell]?.(commandTree(command.parent)) ?? '');
    });
  addHelpText(command, {
    examples: [
      ['source <(fun-asr completion bash)', 'for this shell'],
      ['fun-asr completion bash > ~/.local/share/bash-completion/completions/fun-asr', ''],
      ['fun-asr completion zsh > ~/.zsh/completions/_fun-asr', 'a folder of $fpath'],
      ['fun-asr completion fish > ~/.config/fish/completions/fun-asr.fish', ''],
    ],
    notes: ['Print it again after an update: it contains the commands and flags of this version.'],
  });
}
