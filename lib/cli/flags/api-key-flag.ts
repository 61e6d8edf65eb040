import { type Command, Option } from 'commander';
import { FunAsrError } from '../../core/errors.ts';

/** Rejects `--api-key` with the reason, instead of "unknown option". */
export function rejectApiKeyFlag(command: Command): void {
  command.addOption(
    new Option('--api-key <key>').hideHelp().argParser(() => {
      // An error of commander would repeat the key.
      throw new FunAsrError(
        'E_OPTION',
        '--api-key is not accepted: all users of this machine can read command lines',
        { hint: 'Set DASHSCOPE_API_KEY instead.' },
      );
    }),
  );
}
