import type { Agent } from 'node:http';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { FunAsrError } from '../../core/errors.ts';
import { isLoopback } from '../../protocol/addresses.ts';
import { type Proxy, proxyRefused, proxyUnreachable } from './proxy-failure.ts';
import { SocksAgent } from './socks-agent.ts';

/** Where `getProxyForUrl` looks for a proxy for `https:`, in this order. */
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

const HTTP = ['http:', 'https:'];
const SOCKS5 = ['socks:', 'socks5:', 'socks5h:'];

/** SOCKS5 writes the length of a user name and of a password in one byte each (RFC 1929). */
const MAX_CREDENTIAL_BYTES = 255;

/**
 * Returns an agent that connects to a service through the user's proxy: an HTTP or SOCKS5 proxy from `HTTPS_PROXY`
 * or `ALL_PROXY`, in upper or lower case; undefined if none is set, if `NO_PROXY` names the service, or if the
 * service is on this machine or is reached by `ws:`, which is for private networks only.
 * @param signal Closes the connection to the proxy that is being opened.
 * @throws {FunAsrError} `E_OPTION` if the value of the variable is not the URL of such a proxy.
 */
export function proxyAgent(url: string, signal: AbortSignal): Agent | undefined {
  const target = new URL(url);
  if (isLoopback(target.hostname) || target.protocol === 'ws:') return undefined;
  const value = getProxyForUrl(`https://${target.host}`);
  if (!value) return undefined;
  const proxy = parseProxy(value);
  return SOCKS5.includes(proxy.url.protocol) ? new SocksAgent(proxy, signal) : new Tunnel(proxy, signal);
}

function parseProxy(value: string): Proxy {
  const variable = VARIABLES.find((name) => process.env[name]) ?? 'HTTPS_PROXY';
  // The look-up adds `https://` to a value without a scheme; in practice such a proxy uses plain HTTP.
  const href = process.env[variable] === value ? value : value.replace('https://', 'http://');
  const url = URL.canParse(href) ? new URL(href) : undefined;
  const isProxy = url?.hostname && [...HTTP, ...SOCKS5].includes(url.protocol);
  if (isProxy && hasUsableCredentials(url)) return { url, variable };
  throw new FunAsrError('E_OPTION', `${variable} is not the URL of an HTTP or SOCKS5 proxy`, {
    hint: `Set ${variable} to http://host:port or socks5://host:port (with a user: http://user:password@host:port, special characters percent-encoded), or name the service in NO_PROXY.`,
  });
}

function hasUsableCredentials({ username, password, protocol }: URL): boolean {
  try {
    const longest = Math.max(
      ...[username, password].map((part) => Buffer.byteLength(decodeURIComponent(part))),
    );
    return HTTP.includes(protocol) || longest <= MAX_CREDENTIAL_BYTES;
  } catch {
    return false;
  }
}

type Connect = HttpsProxyAgent<string>['connect'];

/** An agent for one connection through an HTTP proxy. It reports the proxy's failures as the proxy's own. */
class Tunnel extends HttpsProxyAgent<string> {
  readonly #proxy: Proxy;

  constructor(proxy: Proxy, signal: AbortSignal) {
    super(proxy.url, { signal });
    this.#proxy = proxy;
  }

  /** A connection through a proxy is always encrypted. Without this the agent searches its call stack for the answer. */
  override isSecureEndpoint(): boolean {
    return true;
  }

  override async connect(...[request, options]: Parameters<Connect>): ReturnType<Connect> {
    let status = 0;
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      status = statusCode;
    });
    const socket = await super.connect(request, options).catch((cause: unknown) => {
      throw proxyUnreachable(this.#proxy, cause);
    });
    if (status === 200) return socket;
    socket.destroy();
    throw proxyRefused(this.#proxy, `HTTP ${status}`, {
      wantsPassword: status === 407,
      retryable: status >= 500,
    });
  }
}
