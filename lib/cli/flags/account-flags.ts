import { type Command, Option } from 'commander';
import type { AccountOptions } from '../../account/account.ts';
import type { Region } from '../../protocol/models.ts';
import { refuseKey } from './api-key-flag.ts';

/** The flags of a command that asks the service about an account. */
export interface AccountFlags {
  readonly region?: Region;
  readonly httpBaseUrl?: string;
  readonly workspaceId?: string;
  readonly json?: boolean;
}

export function addAccountFlags(command: Command): Command {
  command
    .option('--json', 'one JSON object a line')
    .addOption(
      new Option('--region <name>', 'intl is Singapore, cn is Beijing (intl)').choices(['intl', 'cn']),
    )
    .option('--http-base-url <url>', 'base URL of the HTTP API of another service')
    .option('--workspace-id <id>', 'workspace that the call belongs to');
  refuseKey(command);
  return command;
}

/** The flags as options of the account's functions. */
export function accountOptions(flags: AccountFlags, signal: AbortSignal): AccountOptions {
  const { region, httpBaseUrl, workspaceId } = flags;
  return { region, httpBaseUrl, workspaceId, signal };
}
