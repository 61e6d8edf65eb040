import { type Command, Option } from 'commander';
import { createTemporaryKey, EXPIRES_IN_SECONDS } from '../../account/temporary-key.ts';
import { type AccountFlags, accountOptions, addAccountFlags } from '../flags/account-flags.ts';
import { parsed } from '../flags/parse-value.ts';
import { interruptible } from '../run/interruptible.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

const EXAMPLES = `
Examples:
  fun-asr token                                  a key for one minute, alone on stdout
  fun-asr token --expires-in 1800 --json         for half an hour, the longest, with its end
  DASHSCOPE_API_KEY=$(fun-asr token) program     a program that never sees your own key

It has the rights of DASHSCOPE_API_KEY, and cannot be revoked before it expires.`;

export function define(command: Command): void {
  const expiresIn = new Option('--expires-in <seconds>', 'how long it is valid, 1 to 1800');
  command.addOption(expiresIn.argParser(parsed(Number, EXPIRES_IN_SECONDS)).default(60));
  addAccountFlags(command).addHelpText('after', EXAMPLES).action(run);
}

async function run(flags: AccountFlags & { readonly expiresIn: number }): Promise<void> {
  await interruptible(async (signal) => {
    const { expiresIn: expiresInSeconds } = flags;
    const key = await createTemporaryKey({ ...accountOptions(flags, signal), expiresInSeconds });
    if (flags.json) return printJson(key);
    process.stdout.write(`${printable(key.token)}\n`);
  });
}
