import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { callback, checkOptions, integer, listOf, type Rule } from '../../core/options.ts';
import { NETWORK_FAULTS, type NetworkFault } from './network-faults.ts';
import { Relay } from './relay.ts';

const BYTES_PER_MS = 32;
/** A connection counts as open, TLS handshake included, after the client has sent this many bytes. */
const HANDSHAKE_BYTES = 8192;

const networkFault: Rule = (value) =>
  Object.hasOwn(NETWORK_FAULTS, Object(value).kind)
    ? undefined
    : `must be of the kinds ${Object.keys(NETWORK_FAULTS).join(', ')}`;

/** Options of {@link startFaultProxy}. */
export interface FaultProxyOptions {
  /** Port of the service, on this machine. */
  readonly targetPort: number;
  /** The faults to inject. @default none */
  readonly faults?: readonly NetworkFault[] | undefined;
  /**
   * Returns the progress of the recognition in ms, from the number of bytes that the client has sent over all
   * connections.
   * @default the duration of these bytes as audio, at 32 bytes per ms
   */
  readonly progressMs?: ((sentBytes: number) => number) | undefined;
}

/** A running proxy. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** The faults that have fired, in order. */
  readonly fired: readonly NetworkFault[];
  close(): Promise<void>;
}

/**
 * Starts a TCP proxy on this machine that behaves like a bad network. It does not interpret the data, so TLS works
 * through it. Faults depend on the progress of the audio and never on the clock.
 * @throws {FunAsrError} `E_OPTION`
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  checkOptions('startFaultProxy', options, {
    targetPort: integer(1, 65_535),
    faults: listOf(networkFault),
    progressMs: callback,
  });
  const { targetPort, faults = [], progressMs = (sentBytes) => sentBytes / BYTES_PER_MS } = options;
  const pending = faults.toSorted((a, b) => a.atMs - b.atMs);
  const fired: NetworkFault[] = [];
  const connections = new Set<ProxiedConnection>();
  let sentBytes = 0;
  const server = createServer((client) => {
    const connection = new ProxiedConnection(client, targetPort, (bytes) => {
      sentBytes += bytes;
      const progress = progressMs(sentBytes);
      for (
        let [next] = pending;
        next && next.atMs <= progress && connection.accepts(next);
        [next] = pending
      ) {
        pending.shift();
        fired.push(next);
        connection.apply(next);
      }
    });
    connections.add(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const connection of connections) connection.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    port: (server.address() as AddressInfo).port,
    fired,
    close,
    [Symbol.asyncDispose]: close,
  };
}

class ProxiedConnection {
  readonly #sockets: readonly [client: Socket, service: Socket];
  readonly #relays: readonly [upstream: Relay, downstream: Relay];
  #isBroken = false;
  /** Bytes that the client has sent so far. */
  #sentBytes = 0;

  constructor(client: Socket, targetPort: number, onSent: (bytes: number) => void) {
    const service = connect(targetPort, '127.0.0.1');
    this.#sockets = [client, service];
    // An error is followed by 'close', which the relays handle.
    for (const socket of this.#sockets) socket.on('error', () => {});
    const upstream = new Relay(client, service, (bytes) => {
      const isFirst = this.#sentBytes === 0;
      this.#sentBytes += bytes.length;
      onSent(bytes.length);
      return isFirst ? rewriteHost(bytes, targetPort) : bytes;
    });
    this.#relays = [upstream, new Relay(service, client, (bytes) => bytes)];
  }

  /** Whether a fault can be applied here; if not, it waits for the next connection. */
  accepts({ kind }: NetworkFault): boolean {
    // A wrong byte in a TLS handshake looks like an untrusted service, which a client must not retry.
    return !this.#isBroken && (kind !== 'corrupt' || this.#sentBytes > HANDSHAKE_BYTES);
  }

  apply({ kind, amount = 1 }: NetworkFault): void {
    this.#isBroken = ['drop', 'reset', 'half-open'].includes(kind);
    switch (kind) {
      case 'latency':
        return this.#forBoth((relay) => (relay.latencyMs = amount));
      case 'bandwidth':
        return this.#forBoth((relay) => (relay.bytesPerSecond = amount));
      case 'slice':
        return this.#forBoth((relay) => relay.slice(amount));
      case 'slow-close':
        return this.#forBoth((relay) => (relay.closeDelayMs = amount));
      case 'corrupt': {
        const [upstream, downstream] = this.#relays;
        (amount === 0 ? upstream : downstream).isCorrupt = true;
        return;
      }
      case 'half-open':
        return this.#forBoth((relay) => relay.block());
      case 'drop':
        return this.destroy();
      case 'reset':
        for (const socket of this.#sockets) socket.resetAndDestroy();
    }
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #forBoth(apply: (relay: Relay) => void): void {
    for (const relay of this.#relays) apply(relay);
  }
}

/** Sets the `Host` header to the service, which rejects any other. TLS data contains no such line and stays unchanged. */
function rewriteHost(request: Buffer, port: number): Buffer {
  const text = request.toString('latin1').replace(/^host: .*$/im, `Host: 127.0.0.1:${port}`);
  return Buffer.from(text, 'latin1');
}
