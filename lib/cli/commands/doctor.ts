import { styleText } from 'node:util';
import type { Command } from 'commander';
import { type Check, checks } from '../run/doctor-checks.ts';
import { USAGE } from '../run/exit-code.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

export function define(command: Command): void {
  command
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExits with 0 when recordings can be transcribed here, else with 2.')
    .action(async ({ json }: { readonly json?: boolean }) => {
      for await (const check of checks()) {
        if (json) printJson(check);
        else process.stdout.write(lines(check));
        if (check.status === 'fail') process.exitCode = USAGE;
      }
    });
}

const MARKS = { ok: ['green', '✔'], warn: ['yellow', '!'], fail: ['red', '✖'] } as const;

function lines({ name, status, detail, mend }: Check): string {
  const [colour, mark] = MARKS[status];
  const first = `${styleText(colour, mark)} ${name.padEnd(7)} ${printable(detail)}\n`;
  return mend ? `${first}          ${printable(mend)}\n` : first;
}
