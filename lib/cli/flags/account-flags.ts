import type { Command } from 'commander';
import type { AccountOptions } from '../../account/account.ts';
import type { Region } from '../../protocol/addresses.ts';
import { rejectApiKeyFlag } from './api-key-flag.ts';
import { regionOption } from './engine-flags.ts';

/** Flags of a command that calls the HTTP API of the account. */
export interface AccountFlags {
  readonly region?: Region;
  readonly httpBaseUrl?: string;
  readonly workspaceId?: string;
  readonly workspaceHost?: boolean;
  readonly json?: boolean;
}

export function addAccountFlags(command: Command): Command {
  command
    .option('--json', 'print JSON, one object per line')
    .addOption(regionOption())
    .option('--http-base-url <url>', 'base URL of another HTTP API')
    .option('--workspace-id <id>', 'workspace of the call')
    .option('--workspace-host', 'use the own host of the workspace');
  rejectApiKeyFlag(command);
  return command;
}

/** Converts the flags to the options of the account functions. */
export function accountOptions(flags: AccountFlags, signal: AbortSignal): AccountOptions {
  const { region, httpBaseUrl, workspaceId, workspaceHost } = flags;
  return { region, httpBaseUrl, workspaceId, workspaceHost, signal };
}
