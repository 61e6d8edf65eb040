import { type Command, Option } from 'commander';
import { integer } from '../../core/options.ts';
import type { BackendOptions } from '../../engines/choose-backend.ts';
import { isLocalModel } from '../../engines/models/choose-model.ts';
import type { OpenAiDoorOptions } from '../../openai/openai-door.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from './engine-flags.ts';
import { parseValue } from './parse-value.ts';

/** Values of the flags of {@link addDoorFlags}. */
export interface DoorFlags extends EngineFlags {
  /** In MB. */
  readonly maxUpload: number;
}

/** Adds the flags of the doors of a service. */
export function addDoorFlags(command: Command): void {
  addEngineFlags(command, { preset: 'local' });
  command
    .optionsGroup('Uploads:')
    .addOption(
      new Option('--max-upload <MB>', 'largest file that is accepted')
        .argParser(parseValue(Number, integer(1, 1_000_000, 'MB')))
        .default(512),
    );
}

/** Who recognises for the doors. The local engine is that of the service, which is open already. */
export function doorEngine(
  flags: DoorFlags,
): Omit<BackendOptions, 'signal' | 'partials' | 'languageHints' | 'onPull'> {
  const { engine, ...options } = engineOptions(flags);
  if (engine === 'local') return {};
  return { ...options, engine, ...(isLocalModel(options.model) && { model: undefined }) };
}

/** The model of the local engine, when `--model` names one. */
export function localModel({ engine: [engine], model }: DoorFlags): string | undefined {
  return engine === 'local' || isLocalModel(model) ? model : undefined;
}

/** Converts the flags to the options of the door for clients of OpenAI. */
export function openAiOptions(flags: DoorFlags): OpenAiDoorOptions {
  return { ...doorEngine(flags), maxUploadBytes: flags.maxUpload * 1_000_000 };
}
