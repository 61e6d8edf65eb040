import { type Command, Option } from 'commander';
import type { CaptionRecognition } from '../../caption-page/caption-page.ts';
import { integer } from '../../core/options.ts';
import { isLocalModel } from '../../engines/models/choose-model.ts';
import type { OpenAiDoorOptions } from '../../openai/door-options.ts';
import { publicAddress } from '../../service/exposure.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from './engine-flags.ts';
import { concurrencyOption } from './run-flags.ts';
import { parseValue } from './values/parse-value.ts';

/** Values of the flags of {@link addDoorFlags}. */
export interface DoorFlags extends EngineFlags {
  /** In MB. */
  readonly maxUpload: number;
  readonly concurrency?: number;
}

/** `--public-url`, for the commands that can be behind a reverse proxy. */
export function publicUrlOption(): Option {
  return new Option(
    '--public-url <url>',
    'address of a reverse proxy for HTTPS in front of it, such as https://captions.example.com; needs --token',
  ).argParser(parseValue(String, publicAddress));
}

/** Adds the flags of the doors of a service. */
export function addDoorFlags(command: Command): void {
  addEngineFlags(command, { takesList: true, preset: 'local' });
  command
    .optionsGroup('Uploads:')
    .addOption(
      new Option('--max-upload <MB>', "largest file of clients of OpenAI's API")
        .argParser(parseValue(Number, integer(1, 1_000_000, 'MB')))
        .default(512),
    )
    .addOption(concurrencyOption('8; further ones wait'));
}

/** The model of the local engine of the service, when `--model` names one. */
export function localModel({ engine, model }: DoorFlags): string | undefined {
  const isOnlyLocal = engine.every((name) => name === 'local');
  return isOnlyLocal || isLocalModel(model) ? model : undefined;
}

/** Converts the flags to the options of the door for clients of OpenAI. Its local engine is that of the service. */
export function openAiOptions(flags: DoorFlags): OpenAiDoorOptions {
  const [, ...nextEngines] = flags.engine;
  return {
    ...engineOptions(flags),
    model: otherModel(flags),
    nextEngines,
    maxUploadBytes: flags.maxUpload * 1_000_000,
    concurrency: flags.concurrency,
  };
}

/** Converts the flags to the options of the caption page, which uses the first engine only: its audio is not kept. */
export function captionOptions(flags: DoorFlags): CaptionRecognition {
  const { engine, ...options } = engineOptions(flags);
  // The local engine is that of the service.
  return engine === 'local' ? {} : { ...options, engine, model: otherModel(flags) };
}

/** The model of `--model`, unless it is one of the local engine. */
function otherModel(flags: DoorFlags): string | undefined {
  return localModel(flags) === undefined ? flags.model : undefined;
}
