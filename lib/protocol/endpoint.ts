import { createHash } from 'node:crypto';
import { FunAsrError, messageOf } from '../core/errors.ts';
import { anyOf, callback, oneOf, type Rules, text } from '../core/options.ts';
import { keepSecret } from '../core/redact.ts';
import type { Region } from './models.ts';

/** Where the service is, and who asks. What is not given comes from the environment. */
export interface EndpointOptions {
  /**
   * The API key, or an async function that gives one for each connection (for temporary keys). It is sent in
   * the `Authorization` header and shown nowhere.
   * @default the variable `DASHSCOPE_API_KEY`
   */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /**
   * The whole WebSocket URL; wins over `region`. `ws://` only to this machine, which needs no key.
   * @default the variable `DASHSCOPE_WEBSOCKET_BASE_URL`, unless `region` is given
   */
  readonly baseUrl?: string | undefined;
  /**
   * `intl` is Singapore, `cn` is Beijing. A key belongs to one of them.
   * @default 'intl'
   */
  readonly region?: Region | undefined;
  /**
   * Workspace that the call belongs to.
   * @default the variable `DASHSCOPE_WORKSPACE_ID`
   */
  readonly workspaceId?: string | undefined;
}

/** The rules of {@link EndpointOptions}. */
export const ENDPOINT_RULES: Rules<EndpointOptions> = {
  apiKey: anyOf((value) => (typeof value === 'string' ? undefined : 'must be a string'), callback),
  baseUrl: text,
  region: oneOf('intl', 'cn'),
  workspaceId: text,
};

/** The shared host of each region. Source: the official Python SDK page. */
const BASE_URLS: Readonly<Record<Region, string>> = {
  intl: 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference',
  cn: 'wss://dashscope.aliyuncs.com/api-ws/v1/inference',
};

/** A service that can be connected to. */
export interface Endpoint {
  readonly url: string;
  /** The region whose shared or workspace host it is; undefined for any other service. */
  readonly region: Region | undefined;
  /** Stands for URL, key and workspace, without telling any: what waiting connections belong to. */
  readonly account: string;
  /** As {@link account}, but all key functions count as one: what the service's limits belong to. */
  readonly quota: string;
  /** Whether a new key may be had by asking again. */
  readonly hasKeyFunction: boolean;
  /** Headers of one connection attempt. A key function is asked each time. */
  headers(): Promise<Record<string, string>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the service's URL and checks it, and that there is a key where one is needed.
 * @throws {FunAsrError} `E_OPTION` for a URL that cannot be right, `E_NO_KEY`, `E_TLS`.
 */
export function resolveEndpoint(options: EndpointOptions, environment: Environment = process.env): Endpoint {
  const place = locateService(options, environment);
  const key = givenKey(options, environment);
  const workspace = givenWorkspace(options, environment);
  return {
    ...place,
    account: digest([place.url, typeof key === 'function' ? nameOf(key) : key, workspace]),
    quota: digest([place.url, typeof key === 'function' ? 'key function' : key, workspace]),
    hasKeyFunction: typeof key === 'function',
    headers: credentials(options, new URL(place.url), environment),
  };
}

type Key = NonNullable<EndpointOptions['apiKey']>;

function givenKey({ apiKey }: Pick<EndpointOptions, 'apiKey'>, environment: Environment): Key | undefined {
  return apiKey || environment.DASHSCOPE_API_KEY || undefined;
}

function givenWorkspace(
  { workspaceId }: Pick<EndpointOptions, 'workspaceId'>,
  environment: Environment,
): string | undefined {
  return workspaceId ?? environment.DASHSCOPE_WORKSPACE_ID;
}

const keyFunctions = new WeakMap<() => unknown, string>();
let keyFunctionCount = 0;

function digest(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The keys that a function gives change; whose they are does not. */
function nameOf(keyFunction: () => unknown): string {
  const known = keyFunctions.get(keyFunction);
  if (known !== undefined) return known;
  keyFunctionCount += 1;
  const name = `key function ${keyFunctionCount}`;
  keyFunctions.set(keyFunction, name);
  return name;
}

/**
 * Finds the service's URL and checks it; no key is needed for that.
 * @throws {FunAsrError} `E_OPTION` for a URL that cannot be right.
 */
export function locateService(
  options: EndpointOptions,
  environment: Environment = process.env,
): Pick<Endpoint, 'url' | 'region'> {
  const url = checkUrl(chooseUrl(options, environment));
  return { url: url.href, region: regionOf(url) };
}

/**
 * Gives the headers that say who asks. A key function is asked each time.
 * @throws {FunAsrError} `E_NO_KEY` and `E_TLS`, unless the service is on this machine.
 */
export function credentials(
  options: Pick<EndpointOptions, 'apiKey' | 'workspaceId'>,
  { host, hostname }: URL,
  environment: Environment,
): () => Promise<Record<string, string>> {
  const given = givenKey(options, environment);
  const key = typeof given === 'string' ? checkKey(given) : given;
  const workspace = givenWorkspace(options, environment);
  if (!key && !isLoopback(hostname)) {
    throw new FunAsrError('E_NO_KEY', `no API key is set for ${host}`, {
      hint: 'Set DASHSCOPE_API_KEY, or use the local engine, which needs no account.',
    });
  }
  refuseImpostors(host, hostname, environment);
  return async () => {
    refuseImpostors(host, hostname, environment);
    const token = typeof key === 'function' ? checkKey(await ask(key)) : key;
    if (token) keepSecret(token);
    return {
      'user-agent': `fun-asr-streams node/${process.versions.node} ${process.platform}/${process.arch}`,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(workspace ? { 'X-DashScope-WorkSpace': workspace } : {}),
    };
  };
}

/** With this variable Node takes any certificate for that of the service: the key would be anybody's. */
function refuseImpostors(host: string, hostname: string, environment: Environment): void {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0' || isLoopback(hostname)) return;
  throw new FunAsrError('E_TLS', `NODE_TLS_REJECT_UNAUTHORIZED=0 lets anybody pass for ${host}`, {
    hint: 'Unset it. The certificate of a proxy that inspects traffic belongs into NODE_EXTRA_CA_CERTS.',
  });
}

/** Line ends come along when a key is read from a file; anything else that a header cannot carry is a mistake. */
function checkKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]*$/.test(trimmed)) return trimmed;
  throw new FunAsrError('E_OPTION', 'the API key has characters that no key has', {
    hint: 'Copy it again: it begins with sk-, or with st- when it is temporary.',
  });
}

async function ask(key: () => string | Promise<string>): Promise<string> {
  try {
    return await key();
  } catch (cause) {
    throw new FunAsrError('E_NO_KEY', `the key function failed: ${messageOf(cause)}`, { cause });
  }
}

/** Whether the options or the environment ask for a service of the caller's own choice, or hold a key for one. */
export function hasEndpoint(options: EndpointOptions, environment: Environment = process.env): boolean {
  return Boolean(
    options.apiKey ||
      options.baseUrl ||
      environment.DASHSCOPE_API_KEY ||
      environment.DASHSCOPE_WEBSOCKET_BASE_URL,
  );
}

function chooseUrl(options: EndpointOptions, environment: Environment): string {
  if (options.baseUrl) return options.baseUrl;
  const fromEnvironment = options.region ? undefined : environment.DASHSCOPE_WEBSOCKET_BASE_URL;
  return fromEnvironment || BASE_URLS[options.region ?? 'intl'];
}

function checkUrl(given: string): URL {
  if (!URL.canParse(given)) {
    throw new FunAsrError('E_OPTION', 'the base URL is no URL', {
      hint: `The default is ${BASE_URLS.intl}.`,
    });
  }
  const url = new URL(given);
  // Without what may be a key: user, password and query.
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  const wrong = (reason: string, hint: string) =>
    new FunAsrError('E_OPTION', `the base URL ${shown} ${reason}`, { hint });
  if (url.protocol === 'https:' || url.protocol === 'http:') {
    throw wrong('is no WebSocket URL', `Write ${shown.replace(/^http/, 'ws')}.`);
  }
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') {
    throw wrong('is no WebSocket URL', `The default is ${BASE_URLS.intl}.`);
  }
  if (url.protocol === 'ws:' && !isLoopback(url.hostname)) {
    throw wrong(
      'would send the key and the audio unencrypted',
      'Use wss://; ws:// is only for this machine.',
    );
  }
  if (url.pathname.includes('/api-ws/v1/realtime')) {
    throw wrong('belongs to another protocol', 'Fun-ASR is at /api-ws/v1/inference.');
  }
  if (url.username || url.password || url.search) {
    throw wrong('must not carry a key or a query', 'Give the key as apiKey or in DASHSCOPE_API_KEY.');
  }
  return url;
}

function regionOf({ hostname }: URL): Region | undefined {
  const known = Object.entries(BASE_URLS).find(([, url]) => new URL(url).hostname === hostname);
  if (known) return known[0] as Region;
  if (hostname.endsWith('.ap-southeast-1.maas.aliyuncs.com')) return 'intl';
  return hostname.endsWith('.cn-beijing.maas.aliyuncs.com') ? 'cn' : undefined;
}

/** Whether a host is this machine: only to it may a key go unencrypted, and never through a proxy. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
