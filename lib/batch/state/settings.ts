import { createHash } from 'node:crypto';
import type { BackendName } from '../../engines/backend.ts';
import { backendNameFor, runtimeModel } from '../../engines/choose-backend.ts';
import { isBackend } from '../../engines/engine-option.ts';
import { resolveServiceUrl } from '../../protocol/endpoint.ts';
import { DEFAULT_CLOUD_MODEL } from '../../protocol/cloud-models.ts';
import { contextMessages } from '../../protocol/context.ts';
import { PARAMETER_NAMES } from '../../protocol/parameters.ts';
import { chooseLocalModels, identityOfAll, namesOf } from '../../engines/models/choose-model.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';

/**
 * Version of the results. Increase it only when the same recording and settings produce another text or other files than
 * before: all finished recordings of all users are then transcribed, and billed, again.
 */
const RESULTS_VERSION = 1;

/** Options that change the text, in a fixed order. */
const OPTION_NAMES = PARAMETER_NAMES.toSorted();

/** Options that select the audio of a recording, and what they are when they are not given. */
const SELECTION_DEFAULTS = {
  audioTrack: undefined,
  centre: 'auto',
  channels: 'mix',
  speakers: undefined,
} satisfies Partial<TranscribeOptions>;

/**
 * Digest of everything that the words depend on, except the recording: the engine, model and parameters. Different
 * options that mean the same give the same digest. The key and the address of the service are not part of it.
 */
export function settingsDigest(backendName: BackendName, options: TranscribeOptions): string {
  const given = [
    ...OPTION_NAMES.flatMap((name) =>
      options[name] === undefined ? [] : [[name, canonical(options, name)]],
    ),
    ...Object.entries(SELECTION_DEFAULTS).flatMap(([name, preset]) => {
      const value = options[name as keyof typeof SELECTION_DEFAULTS];
      return value === undefined || value === preset ? [] : [[name, value]];
    }),
    ...(options.hotWords === undefined ? [] : [['hotWords', hotWordsInOrder(options.hotWords)]]),
    ...(options.itn === false ? [['itn', false]] : []),
  ];
  return createHash('sha256')
    .update(JSON.stringify([RESULTS_VERSION, backendName, identityFor(backendName, options), given]))
    .digest('hex')
    .slice(0, 16);
}

/** The value of a parameter, in one form for all values that mean the same. */
function canonical(options: TranscribeOptions, name: (typeof OPTION_NAMES)[number]): unknown {
  const { context, vocabulary } = options;
  if (name === 'context' && context !== undefined) {
    return contextMessages(context).map(({ role, content }) => [role, content.map(({ text }) => text)]);
  }
  if (name === 'vocabulary' && vocabulary !== undefined) {
    return Object.entries(vocabulary).toSorted(([word], [other]) => (word < other ? -1 : 1));
  }
  return options[name];
}

/**
 * The digests of a finished recording that is not recognised again: first that of this run. With `auto`, text of the cloud
 * counts as finished when the local engine would recognise it.
 */
export function acceptedDigests(backendName: BackendName, options: TranscribeOptions): readonly string[] {
  const { engine = 'auto' } = options;
  const own = settingsDigest(backendName, options);
  return engine === 'auto' && backendName === 'local' ? [own, settingsDigest('cloud', options)] : [own];
}

/**
 * The engine whose text alone is accepted: the one that was asked for by name. With `auto`, and with a list of engines, text
 * counts as finished that another engine has continued.
 * @param choices The options of each engine of the run.
 */
export function onlyEngine([{ engine = 'auto' }, ...others]: readonly [
  TranscribeOptions,
  ...TranscribeOptions[],
]): BackendName | undefined {
  return engine === 'auto' || others.length > 0 ? undefined : backendNameFor({ engine });
}

/** The same words give the same digest in any order. */
function hotWordsInOrder(words: Readonly<Record<string, number>>): [word: string, weight: number][] {
  return Object.entries(words).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** The model that recognises. For the local engine the name of a Fun-ASR model means its default model for the language. */
export function modelFor(
  backendName: BackendName,
  { engine, model, languageHints }: TranscribeOptions,
): string {
  if (typeof engine === 'object') return engine.model;
  if (backendName === 'cloud') return model ?? DEFAULT_CLOUD_MODEL;
  if (backendName === 'funasr') return runtimeModel(model);
  return namesOf(chooseLocalModels(model, languageHints?.[0]));
}

/** What distinguishes the model from all others. For local models their files count, not their names and paths. */
function identityFor(backendName: BackendName, options: TranscribeOptions): string {
  const { engine, model, languageHints } = options;
  return backendName === 'local' && typeof engine !== 'object'
    ? identityOfAll(chooseLocalModels(model, languageHints?.[0]))
    : modelFor(backendName, options);
}

/**
 * The service that recordings are sent to, unless the engine is local.
 * @throws {FunAsrError} `E_OPTION` for a base URL that is not valid.
 */
export function serviceFor(options: TranscribeOptions): ReturnType<typeof resolveServiceUrl> {
  return resolveServiceUrl(isBackend(options.engine) ? options.engine.client : options);
}
