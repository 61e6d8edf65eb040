import { createHash } from 'node:crypto';
import type { EngineName } from '../../engines/engine.ts';
import { resolveServiceUrl } from '../../protocol/endpoint.ts';
import { DEFAULT_CLOUD_MODEL } from '../../protocol/cloud-models.ts';
import { PARAMETER_NAMES } from '../../protocol/parameters.ts';
import {
  DEFAULT_MODEL as DEFAULT_LOCAL_MODEL,
  MODELS as LOCAL_MODELS,
} from '../../engines/models/catalogue.ts';
import type { TranscribeOptions } from '../../transcribe.ts';

/**
 * Raised when the same recording and settings give another text or other files than before, and only then: every
 * finished recording of everybody is done, and billed, once more.
 */
const RESULTS = 1;

/** The options that a text depends on as they are given. */
const GIVEN = PARAMETER_NAMES.toSorted();

/**
 * Digest of everything that the outputs depend on, beside the recording itself: who recognises and how, not in
 * which words that was asked for. The key is not in it.
 * @throws {FunAsrError} `E_OPTION` for a base URL that cannot be right.
 */
export function settingsDigest(engine: EngineName, options: TranscribeOptions): string {
  const service = engine === 'cloud' ? serviceFor(options).url : undefined;
  const given = GIVEN.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return createHash('sha256')
    .update(JSON.stringify([RESULTS, engine, service, modelFor(engine, options), given]))
    .digest('hex')
    .slice(0, 16);
}

/** The model that recognises. The local engine takes a Fun-ASR name for its own default. */
export function modelFor(engine: EngineName, { engine: chosen, model }: TranscribeOptions): string {
  if (typeof chosen === 'object') return chosen.model;
  if (engine === 'cloud') return model ?? DEFAULT_CLOUD_MODEL;
  return model !== undefined && Object.hasOwn(LOCAL_MODELS, model) ? model : DEFAULT_LOCAL_MODEL;
}

/**
 * The service that recordings are sent to, when it is not the local engine.
 * @throws {FunAsrError} `E_OPTION` for a base URL that cannot be right.
 */
export function serviceFor(options: TranscribeOptions): ReturnType<typeof resolveServiceUrl> {
  return resolveServiceUrl(typeof options.engine === 'object' ? options.engine.client : options);
}
