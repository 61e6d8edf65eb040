import type { Agent } from 'node:http';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { FunAsrError, messageOf, systemCode } from '../../core/errors.ts';
import { isLoopback } from '../../protocol/addresses.ts';
import { isTrustError } from '../../protocol/errors/network-errors.ts';

/** Where `getProxyForUrl` looks for a proxy for `https:`. */
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * The way to a service through the user's proxy: by the variables `HTTPS_PROXY` or `ALL_PROXY`, and `NO_PROXY`,
 * in upper or lower case; undefined where there is none. What is on this machine is reached directly.
 * @param signal Ends whatever is still under way to the proxy.
 * @throws {FunAsrError} `E_OPTION` for a proxy that cannot be right.
 */
export function proxyAgent(url: string, signal: AbortSignal): Agent | undefined {
  const target = new URL(url);
  if (isLoopback(target.hostname)) return undefined;
  const proxy = getProxyForUrl(`https://${target.host}`);
  return proxy ? new Tunnel(checkProxy(withScheme(proxy)), signal) : undefined;
}

/** The look-up takes a proxy that is named without a scheme for one that speaks TLS itself, which hardly any does. */
function withScheme(proxy: string): string {
  const isNamed = VARIABLES.some((name) => process.env[name] === proxy);
  return isNamed ? proxy : proxy.replace('https://', 'http://');
}

function checkProxy(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new FunAsrError('E_OPTION', 'the proxy in HTTPS_PROXY is no HTTP proxy', {
    hint: 'Write http://host:port, or name the service in NO_PROXY.',
  });
}

type Connect = HttpsProxyAgent<string>['connect'];

/** An agent for one connection, which says of a proxy what is the proxy's: its answers are not the service's. */
class Tunnel extends HttpsProxyAgent<string> {
  constructor(proxy: URL, signal: AbortSignal) {
    super(proxy, { signal });
  }

  /** What goes through a proxy is always encrypted. Otherwise the agent looks for an answer in its call stack. */
  override isSecureEndpoint(): boolean {
    return true;
  }

  override async connect(...[request, options]: Parameters<Connect>): ReturnType<Connect> {
    let status = 0;
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      status = statusCode;
    });
    const socket = await super.connect(request, options).catch((cause: unknown) => {
      throw unreachable(this.proxy, cause);
    });
    if (status === 200) return socket;
    socket.destroy();
    throw refusal(this.proxy, status);
  }
}

function unreachable({ host }: URL, cause: unknown): FunAsrError {
  const message = `the proxy ${host} cannot be reached: ${messageOf(cause) || systemCode(cause)}`;
  return isTrustError(cause)
    ? new FunAsrError('E_PROXY', message, {
        cause,
        hint: 'The certificate of the proxy belongs into NODE_EXTRA_CA_CERTS.',
      })
    : new FunAsrError('E_PROXY', message, {
        cause,
        retryable: true,
        hint: 'Check HTTPS_PROXY, or name the service in NO_PROXY.',
      });
}

/** User and password of a proxy stand in its URL: only the host is named. */
function refusal({ host }: URL, status: number): FunAsrError {
  if (status === 407) {
    return new FunAsrError('E_PROXY', `the proxy ${host} asks for a user and a password (HTTP 407)`, {
      hint: 'Write them into HTTPS_PROXY: http://user:password@host:port.',
    });
  }
  return new FunAsrError('E_PROXY', `the proxy ${host} refused the way to the service (HTTP ${status})`, {
    retryable: status >= 500,
    hint: 'Ask whoever runs the proxy, or name the service in NO_PROXY.',
  });
}
