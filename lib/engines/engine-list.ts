import { FunAsrError } from '../core/errors.ts';
import { optionName } from '../core/option-names.ts';
import { isEndpointConfigured } from '../protocol/endpoint.ts';
import type { BackendName } from './backend.ts';
import { ADDRESS_NAMES, backendNameFor, type BackendOptions, checkBackend } from './choose-backend.ts';
import type { EngineName } from './engine-option.ts';
import { RUNTIME_MODELS, RUNTIME_SETTING_NAMES } from './funasr/runtime-engine.ts';
import { isLocalModel } from './models/choose-model.ts';

/**
 * The options of each engine of a list, in which each engine continues what the one before it cannot do. What is for one
 * of them only is left out for the others: a model, and with the FunASR runtime server its settings and its address.
 * @param options With the first engine.
 * @param others The engines after it. One that `auto` stands for already is left out.
 * @throws {FunAsrError} `E_OPTION`, `E_LANGUAGE` when an engine after the first one cannot be used with these options.
 */
export function engineChoices<Options extends BackendOptions>(
  options: Options,
  others: readonly EngineName[] = [],
): readonly [Options, ...Options[]] {
  if (others.length === 0) return [options];
  const engines = [options.engine ?? 'auto', ...others];
  const hasRuntime = engines.includes('funasr');
  const names = engines.map((engine) =>
    backendNameFor({ ...options, engine, ...(hasRuntime && NO_ADDRESS) }),
  );
  const owner = ownerOf(options.model);
  const choices = engines.map((engine, index) => {
    const name = names[index];
    const isOther = owner !== name && owner !== undefined && names.includes(owner);
    return {
      ...options,
      engine,
      ...(isOther && { model: undefined }),
      ...(hasRuntime && name !== 'funasr' && { ...NO_ADDRESS, ...NO_RUNTIME_SETTINGS }),
      ...(name === 'local' && NOT_FOR_LOCAL),
    };
  });
  const [first = options, ...rest] = choices.filter((_, index) => names.indexOf(names[index]!) === index);
  for (const choice of rest) checkBackend(choice);
  return [first, ...rest];
}

/** The first engine of a list that is set up: the cloud is not without a key and an address. */
export function configuredChoice<Options extends BackendOptions>(
  choices: readonly [Options, ...Options[]],
): Options {
  const isSetUp = (choice: Options): boolean => {
    const { engine: _, ...endpoint } = choice;
    return backendNameFor(choice) !== 'cloud' || isEndpointConfigured(endpoint);
  };
  return choices.find(isSetUp) ?? choices[0];
}

/**
 * Refuses several engines for an input that cannot be read twice.
 * @throws {FunAsrError} `E_OPTION`
 */
export function refuseSeveralEngines(input: string): never {
  throw new FunAsrError(
    'E_OPTION',
    `${input}: ${optionName('engine')} accepts one engine for an input that cannot be read again`,
    { hint: 'Name one engine, or save the input to a file.' },
  );
}

const NO_ADDRESS = { baseUrl: undefined } as const;
const NOT_FOR_LOCAL: Readonly<Record<string, undefined>> = Object.fromEntries(
  ADDRESS_NAMES.map((name) => [name, undefined]),
);
const NO_RUNTIME_SETTINGS: Readonly<Record<string, undefined>> = Object.fromEntries(
  RUNTIME_SETTING_NAMES.map((name) => [name, undefined]),
);

/** The engine that a model belongs to. A name that is not known here is one of the cloud. */
function ownerOf(model: string | undefined): BackendName | undefined {
  if (model === undefined) return undefined;
  if (RUNTIME_MODELS.includes(model)) return 'funasr';
  return isLocalModel(model) ? 'local' : 'cloud';
}
