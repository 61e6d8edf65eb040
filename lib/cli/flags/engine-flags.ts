import { type Command, InvalidArgumentError, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { FunAsrError, messageOf } from '../../core/errors.ts';
import type { BackendOptions } from '../../engines/choose-backend.ts';
import { ENGINE_NAMES, type EngineName } from '../../engines/engine-option.ts';
import type { Region } from '../../protocol/addresses.ts';
import { LOCAL_MODELS } from '../../engines/models/catalogue/catalogue.ts';
import { CLOUD_MODELS, DEFAULT_CLOUD_MODEL } from '../../protocol/cloud-models.ts';
import { splitList } from './values/parse-value.ts';
import { suggestValues } from './values/suggested-values.ts';

/** Values of the flags of {@link addEngineFlags}. */
export interface EngineFlags {
  readonly engine: readonly [EngineName, ...EngineName[]];
  readonly model?: string;
  readonly region?: Region;
  readonly baseUrl?: string;
  readonly workspaceId?: string;
  readonly workspaceHost?: boolean;
  readonly hotWords?: Readonly<Record<string, number>>;
  readonly itn: boolean;
  readonly trustAnyCertificate?: boolean;
}

/**
 * Adds the flags that select the engine, its model and its address.
 * @param takesList Whether several engines may be named.
 * @param preset The engine when none is named.
 */
export function addEngineFlags(
  command: Command,
  { takesList = false, preset = 'auto' }: { readonly takesList?: boolean; readonly preset?: EngineName } = {},
): void {
  command
    .optionsGroup('Engine:')
    .addOption(engineOption(takesList, preset))
    .addOption(modelOption())
    .addOption(regionOption())
    .option('--base-url <url>', 'complete WebSocket URL of another service, or of the FunASR runtime server')
    .option('--workspace-id <id>', 'workspace of the calls')
    .option('--workspace-host', 'connect to the own host of the workspace')
    .addOption(
      new Option(
        '--hot-words <file>',
        'for funasr: words to prefer, one in a line, with its weight after a space',
      ).argParser(readHotWords),
    )
    .option('--no-itn', 'for funasr: write numbers and dates as they were spoken')
    .option('--trust-any-certificate', 'for funasr, unsafe: accept a self-signed certificate of the server');
}

function engineOption(takesList: boolean, preset: EngineName): Option {
  const names =
    'auto: cloud when an API key is set, else local; cloud; local; funasr: a FunASR runtime server';
  const option = takesList
    ? new Option('--engine <list>', `${names}; with several, the next one does what the one before cannot`)
    : new Option('--engine <name>', names);
  return suggestValues(option, ENGINE_NAMES)
    .argParser((text) => {
      const engines = splitList(text);
      const broken = brokenRule(engines, takesList);
      if (broken !== undefined) throw new InvalidArgumentError(broken);
      return engines;
    })
    .default([preset], preset);
}

/** What is wrong with a list of engines. */
function brokenRule(engines: readonly string[], takesList: boolean): string | undefined {
  const names: readonly string[] = ENGINE_NAMES;
  if (!engines.every((engine) => names.includes(engine))) return `Allowed choices are ${names.join(', ')}.`;
  if (new Set(engines).size < engines.length) return 'It must name each engine once.';
  return engines.length > 1 && !takesList ? 'It must be one engine for this command.' : undefined;
}

/** `--model`, for all commands that recognise. */
export function modelOption(): Option {
  const option = new Option(
    '-m, --model <name>',
    `model of the engine (default: ${DEFAULT_CLOUD_MODEL}; local: by the language), or a folder with a local one`,
  ).argParser((text) => {
    if (text.trim() === '')
      throw new InvalidArgumentError('It must be the name of a model, or a folder with one.');
    return text;
  });
  return suggestValues(option, [...Object.keys(LOCAL_MODELS), ...CLOUD_MODELS.map(({ name }) => name)]);
}

/** `--region`, for all commands that call the cloud. */
export function regionOption(): Option {
  return new Option('--region <name>', 'intl: Singapore, cn: Beijing (default: intl)').choices([
    'intl',
    'cn',
  ]);
}

/** Converts the flags to the options of `chooseBackend`, for the first engine. */
export function engineOptions(flags: EngineFlags): BackendOptions {
  const { model, region, baseUrl, workspaceId, workspaceHost, hotWords, itn, trustAnyCertificate } = flags;
  const [engine] = flags.engine;
  return {
    engine,
    model,
    region,
    baseUrl,
    workspaceId,
    workspaceHost,
    hotWords,
    itn: itn ? undefined : false,
    trustAnyCertificate,
  };
}

/**
 * Reads hot words as FunASR stores them: a word or several, a space, and the weight.
 * @throws {FunAsrError} `E_READ`, `E_OPTION`
 */
function readHotWords(path: string): Record<string, number> {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new FunAsrError('E_READ', `the hot words cannot be read: ${messageOf(cause)}`, { cause });
  }
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  const entries = lines.flatMap((line, index): [string, number][] => {
    if (line.trim() === '') return [];
    const [, word, weight] = /^\s*(.*\S)\s+(\d{1,6})\s*$/.exec(line) ?? [];
    if (word !== undefined) return [[word, Number(weight)]];
    throw new FunAsrError('E_OPTION', `${path}, line ${index + 1}: a hot word needs a weight`, {
      hint: 'Write the word, a space and a whole number, such as: Alibaba 20',
    });
  });
  return Object.fromEntries(entries);
}
