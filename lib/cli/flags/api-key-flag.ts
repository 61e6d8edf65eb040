import { type Command, Option } from 'commander';
import { FunAsrError } from '../../core/errors.ts';

/** Refuses a key among the arguments, with the reason instead of "unknown option". */
export function refuseKey(command: Command): void {
  command.addOption(
    new Option('--api-key <key>').hideHelp().argParser(() => {
      // Not commander's own error: that one would repeat the key.
      throw new FunAsrError(
        'E_OPTION',
        'a key among the arguments can be read by everybody on this machine',
        {
          hint: 'Set DASHSCOPE_API_KEY instead.',
        },
      );
    }),
  );
}
