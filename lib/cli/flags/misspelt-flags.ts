import { type Command, Option } from 'commander';
import { FunAsrError } from '../../core/errors.ts';

/** Flags of similar programs, and what they are here. The suggestion of commander would be a wrong one. */
const FLAGS: Readonly<Record<string, string>> = {
  '--format': '--output-format (-f)',
  '--output': '--output-dir (-o)',
  '--lang': '--language',
};

/** Rejects flags that other programs have with the name of the right one. */
export function rejectMisspeltFlags(command: Command): void {
  for (const [flag, right] of Object.entries(FLAGS)) {
    const reject = (): never => {
      throw new FunAsrError('E_OPTION', `there is no flag ${flag}`, { hint: `Use ${right}.` });
    };
    command.addOption(new Option(`${flag} [value]`).hideHelp().argParser(reject));
  }
}
