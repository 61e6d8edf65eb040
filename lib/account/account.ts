import { FunAsrError } from '../core/errors.ts';
import { integer, type Rules, text } from '../core/options.ts';
import { credentialHeaders, type Environment } from '../protocol/credentials.ts';
import { ENDPOINT_RULES, type EndpointOptions } from '../protocol/endpoint.ts';
import { httpApiUrl, isLoopback } from '../protocol/addresses.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';

/** Whose hot words and keys, and where. What is not given comes from the environment. */
export interface AccountOptions
  extends Pick<EndpointOptions, 'apiKey' | 'region' | 'workspaceId'>,
    StageOptions {
  /**
   * Base URL of the HTTP API; wins over `region`. `http://` only to this machine, which needs no key.
   * @default the variable `DASHSCOPE_HTTP_BASE_URL`, unless `region` is given
   */
  readonly httpBaseUrl?: string | undefined;
  /** Limit in ms for one request and its answer. @default 10_000 */
  readonly requestTimeoutMs?: number | undefined;
}

export const ACCOUNT_RULES: Rules<AccountOptions> = {
  ...STAGE_RULES,
  apiKey: ENDPOINT_RULES.apiKey,
  region: ENDPOINT_RULES.region,
  workspaceId: ENDPOINT_RULES.workspaceId,
  httpBaseUrl: text,
  requestTimeoutMs: integer(1, 86_400_000, 'ms'),
};

/** An account that can be asked. */
export interface Account {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Headers of one request. A key function is asked each time. */
  headers(): Promise<Record<string, string>>;
}

/**
 * Finds the base URL of the HTTP API and checks it, and that there is a key where one is needed.
 * @throws {FunAsrError} `E_OPTION` for a URL that cannot be right, `E_NO_KEY`.
 */
export function resolveAccount(options: AccountOptions, environment: Environment = process.env): Account {
  const fromEnvironment = options.region ? undefined : environment['DASHSCOPE_HTTP_BASE_URL'];
  const given = options.httpBaseUrl || fromEnvironment || httpApiUrl(options.region ?? 'intl');
  const url = checkBaseUrl(given);
  return { baseUrl: url.href.replace(/\/$/, ''), headers: credentialHeaders(options, url, environment) };
}

function checkBaseUrl(given: string): URL {
  const hint = `The default is ${httpApiUrl('intl')}.`;
  if (!URL.canParse(given)) throw new FunAsrError('E_OPTION', 'the HTTP base URL is no URL', { hint });
  const url = new URL(given);
  // Without what may be a key: user, password and query.
  const shown = `the HTTP base URL ${url.protocol}//${url.host}${url.pathname}`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new FunAsrError('E_OPTION', `${shown} is no HTTP URL`, { hint });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new FunAsrError('E_OPTION', `${shown} would send the key unencrypted`, {
      hint: 'Use https://; http:// is only for this machine.',
    });
  }
  if (url.username || url.password || url.search) {
    throw new FunAsrError('E_OPTION', `${shown} must not carry a key or a query`, {
      hint: 'Give the key as apiKey or in DASHSCOPE_API_KEY.',
    });
  }
  return url;
}
