import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addHelpText, HELP_LAYOUT, helpList } from '../../../lib/cli/terminal/help.ts';

const DESCRIPTION = 'a description that is long enough to need several lines on a narrow terminal';

/** The help of a command on a terminal with this number of columns. */
function help(width: number): string {
  let text = '';
  const command = new Command('demo')
    .configureHelp(HELP_LAYOUT)
    .configureOutput({ getOutHelpWidth: () => width, writeOut: (part) => void (text += part) })
    .option('--flag-with-a-long-name <value>', DESCRIPTION);
  addHelpText(command, {
    examples: [
      ['demo --flag-with-a-long-name x', 'explains it'],
      ['demo', ''],
    ],
    notes: [DESCRIPTION, DESCRIPTION],
  });
  command.addHelpText('after', () => helpList(command, [['term', DESCRIPTION]]));
  command.outputHelp();
  return text;
}

it.each([40, 60, 80, 120])('keeps every line within %i columns', (width) => {
  expect(
    help(width)
      .split('\n')
      .filter((line) => line.length > width),
  ).toEqual([]);
});

it('aligns explanations when they fit, and puts them on the next line when they do not', () => {
  expect(help(80)).toContain('\n  demo --flag-with-a-long-name x  explains it\n  demo\n');
  expect(help(40)).toContain('\n  demo --flag-with-a-long-name x\n      explains it\n  demo\n');
});

it('puts a description under its flag on a narrow terminal', () => {
  expect(help(40)).toContain('\n  --flag-with-a-long-name <value>\n      a description that is long');
});
