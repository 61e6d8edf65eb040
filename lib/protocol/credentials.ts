import { FunAsrError, messageOf } from '../core/errors.ts';
import { keepSecret } from '../core/redact.ts';
import { isHostLabel, isLoopback } from './addresses.ts';
import { optionName } from '../core/option-names.ts';

/** The environment variables that options fall back to. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Credentials of the service. Options that are not set are read from the environment. */
export interface CredentialOptions {
  /**
   * The API key, or an async function that returns one for each connection (for temporary keys). It is sent in the
   * `Authorization` header only. Log output and error messages never contain it.
   * @default the variable `DASHSCOPE_API_KEY`
   */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /**
   * Workspace that the call belongs to.
   * @default the variable `DASHSCOPE_WORKSPACE_ID`
   */
  readonly workspaceId?: string | undefined;
}

/** A key, or a function that returns one. */
type Key = NonNullable<CredentialOptions['apiKey']>;

/** The key of the options, else that of the environment. An empty key counts as not set. */
export function chooseKey({ apiKey }: CredentialOptions, environment: Environment): Key | undefined {
  return apiKey || environment['DASHSCOPE_API_KEY'] || undefined;
}

/** The workspace of the options, else that of the environment. */
export function chooseWorkspace(
  { workspaceId }: CredentialOptions,
  environment: Environment,
): string | undefined {
  return workspaceId ?? environment['DASHSCOPE_WORKSPACE_ID'];
}

/**
 * The workspace whose own host is to be used; undefined for the shared host of the region.
 * @throws {FunAsrError} `E_OPTION` when no workspace is named, or when it cannot be part of a host name.
 */
export function chooseHostWorkspace(
  options: CredentialOptions & { readonly workspaceHost?: boolean | undefined },
  environment: Environment,
): string | undefined {
  if (options.workspaceHost !== true) return undefined;
  const workspace = chooseWorkspace(options, environment);
  if (!workspace) {
    throw new FunAsrError('E_OPTION', `${optionName('workspaceHost')} needs a workspace`, {
      hint: `Set ${optionName('workspaceId')} or DASHSCOPE_WORKSPACE_ID. The console shows the id.`,
    });
  }
  if (isHostLabel(workspace)) return workspace;
  throw new FunAsrError(
    'E_OPTION',
    `the workspace ${JSON.stringify(workspace)} cannot be part of a host name`,
    {
      hint: 'An id of a workspace has letters, digits and hyphens. The console shows it.',
    },
  );
}

/**
 * Checks the credentials, and returns a function that makes the headers of one request. If the key is a
 * function, it is called for each request.
 * @param noKeyHint What to do when there is no key. @default to set one, or to use the local engine
 * @throws {FunAsrError} `E_NO_KEY` and `E_TLS`, unless the service is on this machine; `E_OPTION` for a malformed key.
 */
export function credentialHeaders(
  options: CredentialOptions,
  { host, hostname }: URL,
  environment: Environment,
  noKeyHint: string = hintWithoutKey(),
): () => Promise<Record<string, string>> {
  const given = chooseKey(options, environment);
  const key = typeof given === 'string' ? checkKey(given) : given;
  const workspace = chooseWorkspace(options, environment);
  if (!key && !isLoopback(hostname)) {
    throw new FunAsrError('E_NO_KEY', `no API key is set for ${host}`, {
      hint: noKeyHint,
    });
  }
  checkCertificatesAreVerified(host, hostname, environment);
  return async () => {
    // The variable may have been set since.
    checkCertificatesAreVerified(host, hostname, environment);
    const token = typeof key === 'function' ? checkKey(await callKeyFunction(key)) : key;
    if (token) keepSecret(token);
    return {
      'user-agent': `fun-asr-streams node/${process.versions.node} ${process.platform}/${process.arch}`,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(workspace ? { 'X-DashScope-WorkSpace': workspace } : {}),
    };
  };
}

function hintWithoutKey(): string {
  return `Set DASHSCOPE_API_KEY, or use the local engine (${optionName('engine', 'local')}), which needs no account.`;
}

/** With this variable Node accepts any certificate, so that any server on the way could read the key. */
function checkCertificatesAreVerified(host: string, hostname: string, environment: Environment): void {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0' || isLoopback(hostname)) return;
  throw new FunAsrError('E_TLS', `NODE_TLS_REJECT_UNAUTHORIZED=0 accepts any certificate for ${host}`, {
    hint: 'Unset it. Put the certificate of a proxy that inspects traffic into NODE_EXTRA_CA_CERTS.',
  });
}

/** Removes white space around a key, which comes with a key that is read from a file; refuses other characters. */
function checkKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]*$/.test(trimmed)) return trimmed;
  throw new FunAsrError('E_OPTION', 'the API key contains characters that are not allowed in a key', {
    hint: 'Copy it again: a key begins with sk-, a temporary key with st-.',
  });
}

async function callKeyFunction(key: () => unknown): Promise<string> {
  let returned: unknown;
  try {
    returned = await key();
  } catch (cause) {
    throw new FunAsrError('E_NO_KEY', `the key function failed: ${messageOf(cause)}`, { cause });
  }
  if (typeof returned === 'string') return returned;
  throw new FunAsrError('E_NO_KEY', `the key function must return a string, got ${typeof returned}`);
}
