import { type Command, Option } from 'commander';
import { createTemporaryKey, EXPIRES_IN_SECONDS } from '../../account/temporary-key.ts';
import { type AccountFlags, accountOptions, addAccountFlags } from '../flags/account-flags.ts';
import { parseValue } from '../flags/values/parse-value.ts';
import { interruptible } from '../run/interruptible.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';

export function define(command: Command): void {
  command.addOption(
    new Option('--expires-in <seconds>', 'lifetime of the key, 1 to 1800')
      .argParser(parseValue(Number, EXPIRES_IN_SECONDS))
      .default(60),
  );
  addAccountFlags(command).action(run);
  addHelpText(command, {
    examples: [
      ['fun-asr token', 'a key for one minute'],
      ['fun-asr token --expires-in 1800 --json', 'for 30 minutes, with its expiry'],
      ['DASHSCOPE_API_KEY=$(fun-asr token) program', 'for another program'],
    ],
    notes: [
      'The temporary key has the permissions of DASHSCOPE_API_KEY. It cannot be revoked before it expires.',
    ],
  });
}

async function run(flags: AccountFlags & { readonly expiresIn: number }): Promise<void> {
  await interruptible(async (signal) => {
    const { expiresIn: expiresInSeconds } = flags;
    const key = await createTemporaryKey({ ...accountOptions(flags, signal), expiresInSeconds });
    if (flags.json) return printJson(key);
    process.stdout.write(`${printable(key.token)}\n`);
  });
}
