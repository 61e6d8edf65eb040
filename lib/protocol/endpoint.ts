import { createHash } from 'node:crypto';
import { FunAsrError } from '../core/errors.ts';
import { anyOf, boolean, callback, oneOf, type Rules, text } from '../core/options.ts';
import {
  isLoopback,
  QWEN_SERVICE_PATH,
  type Region,
  regionOfHost,
  SERVICE_PATH,
  serviceUrl,
} from './addresses.ts';
import {
  chooseHostWorkspace,
  chooseKey,
  chooseWorkspace,
  credentialHeaders,
  type CredentialOptions,
  type Environment,
} from './credentials.ts';

/** Address of the service and credentials. Options that are not set are read from the environment. */
export interface EndpointOptions extends CredentialOptions {
  /**
   * The whole WebSocket URL; wins over `region`. `ws://` is allowed to this machine only, which needs no key.
   * @default the variable `DASHSCOPE_WEBSOCKET_BASE_URL`, unless `region` is given
   */
  readonly baseUrl?: string | undefined;
  /**
   * `intl` is Singapore, `cn` is Beijing. A key belongs to one of them.
   * @default 'intl'
   */
  readonly region?: Region | undefined;
  /**
   * Connects to the own host of the workspace in `workspaceId`, instead of the shared host of the region. A base URL, also
   * that of the environment, wins over it. The official pages recommend these hosts since 2026, and the official samples
   * use them for the Qwen-Audio models; one user reported that such a host answered `url error`.
   * @default false
   */
  readonly workspaceHost?: boolean | undefined;
}

/** The rules of {@link EndpointOptions}. */
export const ENDPOINT_RULES: Rules<EndpointOptions> = {
  apiKey: anyOf((value) => (typeof value === 'string' ? undefined : 'must be a string'), callback),
  baseUrl: text,
  region: oneOf('intl', 'cn'),
  workspaceId: text,
  workspaceHost: boolean,
};

/** A service to connect to. */
export interface Endpoint {
  /**
   * Makes the service ready, where that takes work: a local service starts here. Called before each task, without a
   * time limit. Rejects with a `FunAsrError`, or with the reason of the signal.
   * @default the service is ready
   */
  readonly ready?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Its port is known once the service is ready. */
  readonly url: string;
  /** Region of the shared or workspace host; undefined for any other host. */
  readonly region: Region | undefined;
  /** Hash of URL, key and workspace: idle connections are shared within one account. */
  readonly account: string;
  /** Like {@link account}, but all key functions count as one: the service's limits apply to this. */
  readonly quota: string;
  /** Whether a new key can be had by calling a function again. */
  readonly hasKeyFunction: boolean;
  /** Makes the headers of one connection attempt. Calls a key function each time. */
  headers(): Promise<Record<string, string>>;
}

/**
 * Chooses the service's URL and checks it, and checks that there is a key where one is needed.
 * @throws {FunAsrError} `E_OPTION` for an invalid URL, `E_NO_KEY`, `E_TLS`.
 */
export function resolveEndpoint(options: EndpointOptions, environment: Environment = process.env): Endpoint {
  const service = resolveServiceUrl(options, environment);
  const key = chooseKey(options, environment);
  const workspace = chooseWorkspace(options, environment);
  return {
    ...service,
    account: hash([service.url, typeof key === 'function' ? idOf(key) : key, workspace]),
    quota: hash([service.url, typeof key === 'function' ? 'key function' : key, workspace]),
    hasKeyFunction: typeof key === 'function',
    headers: credentialHeaders(options, new URL(service.url), environment),
  };
}

/**
 * Chooses the service's URL and checks it; needs no key.
 * @throws {FunAsrError} `E_OPTION` for an invalid URL.
 */
export function resolveServiceUrl(
  options: EndpointOptions,
  environment: Environment = process.env,
): Pick<Endpoint, 'url' | 'region'> {
  const url = checkUrl(chooseUrl(options, environment));
  return { url: url.href, region: regionOfHost(url.hostname) };
}

/** Whether the options or the environment name a service or a key. */
export function isEndpointConfigured(
  options: EndpointOptions,
  environment: Environment = process.env,
): boolean {
  return Boolean(
    chooseKey(options, environment) || options.baseUrl || environment['DASHSCOPE_WEBSOCKET_BASE_URL'],
  );
}

const keyFunctionIds = new WeakMap<() => unknown, string>();
let keyFunctionCount = 0;

/** Identifies a key function: its keys change, but they belong to one account. */
function idOf(keyFunction: () => unknown): string {
  const known = keyFunctionIds.get(keyFunction);
  if (known !== undefined) return known;
  keyFunctionCount += 1;
  const id = `key function ${keyFunctionCount}`;
  keyFunctionIds.set(keyFunction, id);
  return id;
}

function hash(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function chooseUrl(options: EndpointOptions, environment: Environment): string {
  if (options.baseUrl) return options.baseUrl;
  const fromEnvironment = options.region ? undefined : environment['DASHSCOPE_WEBSOCKET_BASE_URL'];
  return fromEnvironment || serviceUrl(options.region ?? 'intl', chooseHostWorkspace(options, environment));
}

function checkUrl(given: string): URL {
  const defaultHint = `The default is ${serviceUrl('intl')}.`;
  if (!URL.canParse(given)) {
    throw new FunAsrError('E_OPTION', 'the base URL is not a valid URL', { hint: defaultHint });
  }
  const url = new URL(given);
  // User, password and query are left out: they may contain a key.
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  const invalid = (reason: string, hint: string) =>
    new FunAsrError('E_OPTION', `the base URL ${shown} ${reason}`, { hint });
  if (url.protocol === 'https:' || url.protocol === 'http:') {
    throw invalid('is not a WebSocket URL', `Write ${shown.replace(/^http/, 'ws')}.`);
  }
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') {
    throw invalid('is not a WebSocket URL', defaultHint);
  }
  if (url.protocol === 'ws:' && !isLoopback(url.hostname)) {
    throw invalid(
      'would send the key and the audio unencrypted',
      'Use wss://; ws:// is only for this machine.',
    );
  }
  if (url.pathname.includes(QWEN_SERVICE_PATH)) {
    throw invalid('belongs to another protocol', `The path of Fun-ASR is ${SERVICE_PATH}.`);
  }
  if (url.username || url.password || url.search) {
    throw invalid('must not contain a key or a query', 'Pass the key as apiKey or in DASHSCOPE_API_KEY.');
  }
  return url;
}
