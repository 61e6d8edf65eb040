import { type Command, Help, type HelpConfiguration } from 'commander';

/** Columns that a description needs beside its flag. In less, it stands on the lines below. */
const MIN_DESCRIPTION_WIDTH = 30;

/** Least width for wrapped text. */
const MIN_WIDTH = 20;

/** Wraps help texts to the width of the terminal, also below 80 columns. */
export const HELP_LAYOUT: HelpConfiguration = {
  minWidthToWrap: MIN_WIDTH,
  // `--config` and `--no-config`, which all commands accept.
  showGlobalOptions: true,
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? 80;
    if (width - termWidth - 4 >= MIN_DESCRIPTION_WIDTH || !description) {
      return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
    }
    return `  ${term}\n${indent(helper.boxWrap(description, width - 6), 6)}`;
  },
};

/** Text below the flags of a command. */
export interface HelpText {
  /** Command lines, each with what it does. An empty explanation is left out. */
  readonly examples?: readonly (readonly [command: string, explanation: string])[];
  /** Paragraphs. */
  readonly notes?: readonly string[];
}

/** Adds examples and notes to the help of a command. */
export function addHelpText(command: Command, { examples = [], notes = [] }: HelpText): Command {
  return command.addHelpText('after', ({ command: shown }) => {
    const help = new Help();
    help.minWidthToWrap = MIN_WIDTH;
    const width = helpWidth(shown);
    const paragraphs = notes.map((note) => help.boxWrap(note, width));
    const list = examples.length > 0 ? [`Examples:\n${exampleLines(examples, width)}`] : [];
    return `\n${[...list, ...paragraphs].join('\n\n')}`;
  });
}

/** Formats pairs as a list, such as the values of a flag. */
export function helpList(
  command: Command,
  items: readonly (readonly [term: string, text: string])[],
): string {
  const help = command.createHelp();
  help.prepareContext({ helpWidth: helpWidth(command) });
  const termWidth = Math.max(...items.map(([term]) => term.length));
  return items.map(([term, text]) => help.formatItem(term, termWidth, text, help)).join('\n');
}

function helpWidth(command: Command): number {
  return command.configureOutput().getOutHelpWidth?.() ?? 80;
}

/** Aligns the explanations in a column when all of them fit, else puts each on the next line. */
function exampleLines(examples: Required<HelpText>['examples'], width: number): string {
  const column = Math.max(...examples.map(([command, text]) => (text === '' ? 0 : command.length))) + 4;
  const fits = examples.every(([, text]) => column + text.length <= width);
  return examples
    .map(([command, text]) => {
      if (text === '') return `  ${command}`;
      return fits ? `${`  ${command}`.padEnd(column)}${text}` : `  ${command}\n      ${text}`;
    })
    .join('\n');
}

function indent(text: string, columns: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(columns));
}
