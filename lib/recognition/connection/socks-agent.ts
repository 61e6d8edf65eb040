import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { SocksClient } from 'socks';
import { messageOf } from '../../core/errors.ts';
import { type Proxy, proxyRefused, proxyUnreachable } from './proxy-failure.ts';

const DEFAULT_PORT = 1080;

/**
 * Limit of the library for the handshake. It never applies before the deadline of the caller, which uses the
 * signal; the library keeps its timer, and with it the socket, for this long.
 */
const HANDSHAKE_TIMEOUT_MS = 120_000;

/**
 * An agent for one TLS connection through a SOCKS5 proxy (RFC 1928), with the user and password of its URL if it
 * has them (RFC 1929). The proxy resolves the name of the service, for `socks5:` as for `socks5h:`: behind such a
 * proxy this machine often cannot.
 */
export class SocksAgent extends Agent {
  readonly #proxy: Proxy;
  readonly #signal: AbortSignal;

  constructor(proxy: Proxy, signal: AbortSignal) {
    super();
    this.#proxy = proxy;
    this.#signal = signal;
  }

  /** A connection through a proxy is always encrypted. */
  override isSecureEndpoint(): boolean {
    return true;
  }

  override async connect(_request: ClientRequest, options: AgentConnectOpts): Promise<Socket> {
    const host = options.host ?? '';
    const socket = await this.#openTunnel(host, options.port);
    const { host: _host, port: _port, path: _path, ...tls } = options as AgentConnectOpts & { path?: string };
    return connectTls({ ...tls, servername: isIP(host) ? '' : host, socket });
  }

  async #openTunnel(host: string, port: number): Promise<Socket> {
    const socket = await this.#reachProxy();
    const { username, password } = this.#proxy.url;
    try {
      await SocksClient.createConnection({
        command: 'connect',
        destination: { host, port },
        existing_socket: socket,
        timeout: HANDSHAKE_TIMEOUT_MS,
        proxy: {
          ...this.#address(),
          type: 5,
          userId: decodeURIComponent(username),
          password: decodeURIComponent(password),
        },
      });
      return socket;
    } catch (error) {
      this.#signal.throwIfAborted();
      // The error of the library is no cause: it contains the password.
      throw refusal(this.#proxy, messageOf(error));
    }
  }

  async #reachProxy(): Promise<Socket> {
    const socket = connectTcp({ ...this.#address(), signal: this.#signal });
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      throw proxyUnreachable(this.#proxy, error);
    }
  }

  #address(): { host: string; port: number } {
    const { hostname, port } = this.#proxy.url;
    return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port) || DEFAULT_PORT };
  }
}

/** Replies of a SOCKS5 proxy that describe a lasting state. Any other may be different at the next attempt. */
const LASTING = /NotAllowed|CommandNotSupported|AddressNotSupported|invalid/i;

function refusal(proxy: Proxy, reason: string): Error {
  return proxyRefused(proxy, reason, {
    wantsPassword: /authentication/i.test(reason),
    retryable: !LASTING.test(reason),
  });
}
