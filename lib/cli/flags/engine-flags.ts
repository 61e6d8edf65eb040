import { type Command, Option } from 'commander';
import type { EngineName, EngineOptions } from '../../engines/engine.ts';
import { DEFAULT_CLOUD_MODEL } from '../../protocol/cloud-models.ts';
import type { Region } from '../../protocol/addresses.ts';
import { DEFAULT_MODEL as DEFAULT_LOCAL_MODEL } from '../../engines/models/catalogue.ts';

/** What the flags of {@link addEngineFlags} give. */
export interface EngineFlags {
  readonly engine: 'auto' | EngineName;
  readonly model?: string;
  readonly region?: Region;
  readonly baseUrl?: string;
  readonly workspaceId?: string;
}

/** Adds the flags that say who recognises. */
export function addEngineFlags(command: Command): void {
  command
    .optionsGroup('Engine:')
    .addOption(
      new Option('--engine <name>', 'auto is the cloud when a key is set, else local')
        .choices(['auto', 'cloud', 'local'])
        .default('auto'),
    )
    .option(
      '-m, --model <name>',
      `model of the engine (${DEFAULT_CLOUD_MODEL}; locally ${DEFAULT_LOCAL_MODEL})`,
    )
    .addOption(
      new Option('--region <name>', 'intl is Singapore, cn is Beijing (intl)').choices(['intl', 'cn']),
    )
    .option('--base-url <url>', 'the whole WebSocket URL of another service')
    .option('--workspace-id <id>', 'workspace that the calls belong to');
}

/** The flags as options of `chooseEngine`. */
export function engineOptions({ engine, model, region, baseUrl, workspaceId }: EngineFlags): EngineOptions {
  return { engine, model, region, baseUrl, workspaceId };
}
