import { type Command, Option } from 'commander';
import type { BackendName } from '../../engines/backend.ts';
import type { BackendOptions } from '../../engines/choose-backend.ts';
import { DEFAULT_LOCAL_MODEL } from '../../engines/models/catalogue.ts';
import type { Region } from '../../protocol/addresses.ts';
import { DEFAULT_CLOUD_MODEL } from '../../protocol/cloud-models.ts';

/** Values of the flags of {@link addEngineFlags}. */
export interface EngineFlags {
  readonly engine: 'auto' | BackendName;
  readonly model?: string;
  readonly region?: Region;
  readonly baseUrl?: string;
  readonly workspaceId?: string;
  readonly workspaceHost?: boolean;
}

/** Adds the flags that select the engine, its model and its address. */
export function addEngineFlags(command: Command): void {
  command
    .optionsGroup('Engine:')
    .addOption(
      new Option('--engine <name>', 'auto: cloud when an API key is set, else local')
        .choices(['auto', 'cloud', 'local'])
        .default('auto'),
    )
    .addOption(modelOption())
    .addOption(regionOption())
    .option('--base-url <url>', 'complete WebSocket URL of another service')
    .option('--workspace-id <id>', 'workspace of the calls')
    .option('--workspace-host', 'connect to the own host of the workspace');
}

/** `--model`, for all commands that recognise. */
export function modelOption(): Option {
  return new Option(
    '-m, --model <name>',
    `model of the engine (default: ${DEFAULT_CLOUD_MODEL}; local: ${DEFAULT_LOCAL_MODEL})`,
  );
}

/** `--region`, for all commands that call the cloud. */
export function regionOption(): Option {
  return new Option('--region <name>', 'intl: Singapore, cn: Beijing (default: intl)').choices([
    'intl',
    'cn',
  ]);
}

/** Converts the flags to the options of `chooseBackend`. */
export function engineOptions({
  engine,
  model,
  region,
  baseUrl,
  workspaceId,
  workspaceHost,
}: EngineFlags): BackendOptions {
  return { engine, model, region, baseUrl, workspaceId, workspaceHost };
}
