import { styleText } from 'node:util';
import type { Command } from 'commander';
import { type Check, checks } from '../run/doctor-checks.ts';
import { USAGE } from '../run/exit-code.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';
import { withProgramName } from '../terminal/program-name.ts';

export function define(command: Command): void {
  command.option('--json', 'print JSON, one object per line').action(run);
  addHelpText(command, {
    notes: [
      'Checks Node, FFmpeg, the API key, the connection to the cloud, the local engine and its models. ' +
        'Exit code: 0 when recordings can be transcribed, else 2.',
    ],
  });
}

async function run({ json }: { readonly json?: boolean }): Promise<void> {
  for await (const check of checks()) {
    if (json) printJson(check);
    else process.stdout.write(checkLines(check));
    if (check.status === 'fail') process.exitCode = USAGE;
  }
}

const MARKS = { ok: ['green', '✔'], warn: ['yellow', '!'], fail: ['red', '✖'] } as const;

function checkLines({ name, status, detail, fix }: Check): string {
  const [colour, mark] = MARKS[status];
  const first = `${styleText(colour, mark)} ${name.padEnd(7)} ${printable(detail)}\n`;
  return fix ? `${first}          ${printable(withProgramName(fix))}\n` : first;
}
