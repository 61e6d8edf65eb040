import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { callback, checkOptions, integer, listOf, type Rule } from '../../core/options.ts';
import { Lane } from './relay.ts';
import { NETWORK_FAULTS, type NetworkFault } from './network-faults.ts';

const BYTES_PER_MS = 32;
/** After so many bytes of the client a connection is open, whatever stands before it. */
const HANDSHAKE_BYTES = 8192;

const networkFault: Rule = (value) =>
  Object.hasOwn(NETWORK_FAULTS, Object(value).kind)
    ? undefined
    : `must be of ${Object.keys(NETWORK_FAULTS).join(', ')}`;

/** What {@link startFaultProxy} is started with. */
export interface FaultProxyOptions {
  /** Port of the service, on this machine. */
  readonly target: number;
  /** What goes wrong on the way. @default nothing */
  readonly faults?: readonly NetworkFault[] | undefined;
  /**
   * How far the recognition has come, in ms, given the bytes that the client has sent in all.
   * @default as far as they go as audio, of 32 bytes a ms
   */
  readonly progressMs?: ((sentBytes: number) => number) | undefined;
}

/** A proxy that is running. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** The faults that have happened, in their order. */
  readonly fired: readonly NetworkFault[];
  close(): Promise<void>;
}

/**
 * Starts a proxy for TCP on this machine that is as bad as a network can be. It knows nothing of what goes through it, so
 * TLS may. What goes wrong depends on the audio and never on the clock.
 * @throws {FunAsrError} `E_OPTION`
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  checkOptions('startFaultProxy', options, {
    target: integer(1, 65_535),
    faults: listOf(networkFault),
    progressMs: callback,
  });
  const { target, faults = [], progressMs = (sent) => sent / BYTES_PER_MS } = options;
  const pending = faults.toSorted((a, b) => a.atMs - b.atMs);
  const fired: NetworkFault[] = [];
  const connections = new Set<ProxiedConnection>();
  let bytes = 0;
  const server = createServer((client) => {
    const connection = new ProxiedConnection(client, target, (more) => {
      bytes += more;
      const progress = progressMs(bytes);
      for (let [next] = pending; next && next.atMs <= progress && connection.takes(next); [next] = pending) {
        pending.shift();
        fired.push(next);
        connection.strike(next);
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
  readonly #lanes: readonly [up: Lane, down: Lane];
  #isWhole = true;
  /** Sent by the client so far. */
  #bytes = 0;

  constructor(client: Socket, target: number, onSent: (bytes: number) => void) {
    const service = connect(target, '127.0.0.1');
    this.#sockets = [client, service];
    // Their end says all there is to do.
    for (const socket of this.#sockets) socket.on('error', () => {});
    const up = new Lane(client, service, (bytes) => {
      const isFirst = this.#bytes === 0;
      this.#bytes += bytes.length;
      onSent(bytes.length);
      return isFirst ? addressed(bytes, target) : bytes;
    });
    this.#lanes = [up, new Lane(service, client, (bytes) => bytes)];
  }

  /** Whether a fault can strike it: one that breaks it leaves the others for the next. */
  takes({ kind }: NetworkFault): boolean {
    // In a handshake a wrong byte is what a service that cannot be trusted looks like, and that is not for trying again.
    return this.#isWhole && (kind !== 'corrupt' || this.#bytes > HANDSHAKE_BYTES);
  }

  strike({ kind, amount = 1 }: NetworkFault): void {
    this.#isWhole = !['drop', 'reset', 'half-open'].includes(kind);
    switch (kind) {
      case 'latency':
        return this.#forBoth((lane) => (lane.latencyMs = amount));
      case 'bandwidth':
        return this.#forBoth((lane) => (lane.bytesPerSecond = amount));
      case 'slice':
        return this.#forBoth((lane) => lane.slice(amount));
      case 'slow-close':
        return this.#forBoth((lane) => (lane.closeMs = amount));
      case 'corrupt': {
        const [up, down] = this.#lanes;
        (amount === 0 ? up : down).isCorrupt = true;
        return;
      }
      case 'half-open':
        return this.#forBoth((lane) => lane.block());
      case 'drop':
        return this.destroy();
      case 'reset':
        for (const socket of this.#sockets) socket.resetAndDestroy();
    }
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #forBoth(act: (lane: Lane) => void): void {
    for (const lane of this.#lanes) act(lane);
  }
}

/** The request as if it had been made to the service itself, which answers to no other name. Under TLS it cannot be read. */
function addressed(request: Buffer, port: number): Buffer {
  const text = request.toString('latin1').replace(/^host: .*$/im, `Host: 127.0.0.1:${port}`);
  return Buffer.from(text, 'latin1');
}
