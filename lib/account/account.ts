import { FunAsrError } from '../core/errors.ts';
import { integer, type Rules, text } from '../core/options.ts';
import { chooseHostWorkspace, credentialHeaders, type Environment } from '../protocol/credentials.ts';
import { ENDPOINT_RULES, type EndpointOptions } from '../protocol/endpoint.ts';
import { httpApiUrl, isLoopback } from '../protocol/addresses.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';

/** The account and the service. Options that are not set are read from the environment. */
export interface AccountOptions
  extends Pick<EndpointOptions, 'apiKey' | 'region' | 'workspaceId' | 'workspaceHost'>,
    StageOptions {
  /**
   * Base URL of the HTTP API. It is used instead of that of `region`. `http://` is allowed only for this machine, which
   * needs no key.
   * @default the variable `DASHSCOPE_HTTP_BASE_URL`, unless `region` is given
   */
  readonly httpBaseUrl?: string | undefined;
  /** Time limit for a request and its response, in ms. @default 10_000 */
  readonly requestTimeoutMs?: number | undefined;
}

/** The rules of {@link AccountOptions}. */
export const ACCOUNT_RULES: Rules<AccountOptions> = {
  ...STAGE_RULES,
  apiKey: ENDPOINT_RULES.apiKey,
  region: ENDPOINT_RULES.region,
  workspaceId: ENDPOINT_RULES.workspaceId,
  workspaceHost: ENDPOINT_RULES.workspaceHost,
  httpBaseUrl: text,
  requestTimeoutMs: integer(1, 86_400_000, 'ms'),
};

/** The HTTP API of an account. */
export interface Account {
  /** Has no slash at the end. */
  readonly baseUrl: string;
  /** Headers of one request. A key function is called for each request. */
  headers(): Promise<Record<string, string>>;
}

/**
 * Finds and checks the base URL of the HTTP API, and checks that there is a key if one is needed.
 * @throws {FunAsrError} `E_OPTION` for a URL that is not valid, `E_NO_KEY`.
 */
export function resolveAccount(options: AccountOptions, environment: Environment = process.env): Account {
  const fromEnvironment = options.region ? undefined : environment['DASHSCOPE_HTTP_BASE_URL'];
  const given =
    options.httpBaseUrl ||
    fromEnvironment ||
    httpApiUrl(options.region ?? 'intl', chooseHostWorkspace(options, environment));
  const url = checkBaseUrl(given);
  return {
    baseUrl: url.href.replace(/\/$/, ''),
    headers: credentialHeaders(options, url, environment, NO_KEY_HINT),
  };
}

const NO_KEY_HINT =
  'Set DASHSCOPE_API_KEY. To get a key: https://www.alibabacloud.com/help/en/model-studio/get-api-key';

function checkBaseUrl(given: string): URL {
  const hint = `The default is ${httpApiUrl('intl')}.`;
  if (!URL.canParse(given)) throw new FunAsrError('E_OPTION', 'the HTTP base URL is not a URL', { hint });
  const url = new URL(given);
  // User, password and query may be a key and are not shown.
  const shown = `the HTTP base URL ${url.protocol}//${url.host}${url.pathname}`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new FunAsrError('E_OPTION', `${shown} is not an HTTP URL`, { hint });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new FunAsrError('E_OPTION', `${shown} would send the key unencrypted`, {
      hint: 'Use https://; http:// is only for this machine.',
    });
  }
  if (url.username || url.password || url.search) {
    throw new FunAsrError('E_OPTION', `${shown} must not contain a key or a query`, {
      hint: 'Set DASHSCOPE_API_KEY to the key.',
    });
  }
  return url;
}
