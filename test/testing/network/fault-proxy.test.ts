import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../../lib/testing/network/fault-proxy.ts';
import type { NetworkFault } from '../../../lib/testing/network/network-faults.ts';

/** One second of audio. */
const SECOND = Buffer.from(Array.from({ length: 32_000 }, (_, index) => index % 251));

interface Proxied {
  readonly client: Socket;
  /** The accepted connection of the service. */
  readonly service: Socket;
  readonly proxy: FaultProxy;
}

/** Opens a connection through a proxy. */
async function open(faults: readonly NetworkFault[]): Promise<Proxied> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await startFaultProxy({ targetPort: (server.address() as AddressInfo).port, faults });
  const accepted = once(server, 'connection');
  const client = connect(proxy.port, '127.0.0.1');
  const [service] = (await accepted) as [Socket];
  for (const socket of [client, service]) socket.on('error', () => {});
  onTestFinished(async () => {
    client.destroy();
    service.destroy();
    server.close();
    await proxy.close();
  });
  return { client, service, proxy };
}

/** Sends audio, closes the connection, and returns what the service receives. */
async function transferred(faults: readonly NetworkFault[], audio = SECOND): Promise<Buffer> {
  const { client, service } = await open(faults);
  const all = buffer(service);
  client.end(audio);
  return await all;
}

/** Returns how a socket ended: `ended` or an error code. */
async function outcomeOf(socket: Socket): Promise<string> {
  const reset = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code ?? '');
  socket.resume();
  return await Promise.race([reset, once(socket, 'close').then(() => 'ended')]);
}

describe('the fault proxy', () => {
  it('forwards all data and the close, in both directions', async () => {
    const { client, service, proxy } = await open([]);
    const there = buffer(service);
    const back = buffer(client);
    service.write(SECOND);
    await once(client, 'readable');
    client.end(SECOND);
    expect(await there).toEqual(SECOND);
    await back;
    const other = await open([]);
    const answer = buffer(other.client);
    other.service.end(SECOND);
    expect(await answer).toEqual(SECOND);
    expect(proxy.fired).toEqual([]);
  });

  it('sets the Host header to the service', async () => {
    const { client, service, proxy } = await open([]);
    client.write(`GET / HTTP/1.1\r\nhost: 127.0.0.1:${proxy.port}\r\nx: y\r\n\r\n`);
    const [request] = (await once(service, 'data')) as [Buffer];
    expect(request.toString()).toBe(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${service.localPort}\r\nx: y\r\n\r\n`);
  });

  it.each([
    ['latency', 20],
    ['bandwidth', 500_000],
    ['slice', 7],
    ['slow-close', 20],
  ] as const)('delivers all data with %s', async (kind, amount) => {
    expect(await transferred([{ kind, atMs: 0, amount }])).toEqual(SECOND);
  });

  it('delivers small pieces with slice', async () => {
    const { client, service } = await open([{ kind: 'slice', atMs: 0, amount: 5 }]);
    let pieces = 0;
    service.on('data', () => (pieces += 1));
    client.end(SECOND);
    await once(service, 'end');
    // Some pieces may be read together, but far from all.
    expect(pieces).toBeGreaterThan(50);
  });

  it('flips one bit with corrupt, and only after the handshake', async () => {
    const { client, service, proxy } = await open([{ kind: 'corrupt', atMs: 0, amount: 0 }]);
    const all = buffer(service);
    client.write(SECOND.subarray(0, 4000));
    await once(service, 'data');
    expect(proxy.fired).toEqual([]);
    client.end(SECOND.subarray(4000));
    const rest = await all;
    expect(rest.length).toBeGreaterThanOrEqual(SECOND.length - 4000);
    expect(proxy.fired).toHaveLength(1);
    const sent = SECOND.subarray(SECOND.length - rest.length);
    const differences = [...rest].map((byte, index) => byte ^ (sent[index] ?? 0));
    expect(differences.filter(Boolean)).toEqual([1]);
  });

  it('closes both sides with drop and resets both with reset', async () => {
    const dropped = await open([{ kind: 'drop', atMs: 500 }]);
    const ends = Promise.all([outcomeOf(dropped.client), outcomeOf(dropped.service)]);
    dropped.client.write(SECOND);
    expect((await ends)[1]).toBe('ended');
    const reset = await open([{ kind: 'reset', atMs: 500 }]);
    const resets = Promise.all([outcomeOf(reset.client), outcomeOf(reset.service)]);
    // When unread data and a reset arrive together, libuv reports the end of the stream instead of the reset.
    const received = once(reset.service, 'data');
    reset.client.write(SECOND.subarray(0, 1000));
    await received;
    reset.client.write(SECOND.subarray(1000));
    expect(await resets).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('forwards nothing more with half-open and keeps both sides open', async () => {
    const { client, service, proxy } = await open([{ kind: 'half-open', atMs: 500 }]);
    let received = 0;
    service.on('data', ({ length }: Buffer) => (received += length));
    client.write(SECOND);
    client.write(SECOND);
    await expect.poll(() => proxy.fired.length).toBe(1);
    // During another transfer this one would continue if it were not blocked.
    expect(await transferred([])).toEqual(SECOND);
    expect(received).toBeLessThan(2 * SECOND.length);
    expect([client.destroyed, service.destroyed]).toEqual([false, false]);
  });

  it('rejects unknown kinds of faults', async () => {
    const faults = [{ kind: 'dorp' as 'drop', atMs: 0 }];
    await expect(startFaultProxy({ targetPort: 1, faults })).rejects.toThrow(
      /faults must be of the kinds latency, /,
    );
  });

  it('counts data over all connections, and applies one breaking fault to each', async () => {
    const faults: NetworkFault[] = [
      { kind: 'drop', atMs: 1500 },
      { kind: 'drop', atMs: 500 },
    ];
    const { client, proxy } = await open(faults);
    const first = once(client, 'close');
    client.resume().write(SECOND);
    await first;
    expect(proxy.fired.map(({ atMs }) => atMs)).toEqual([500]);
    const next = connect(proxy.port, '127.0.0.1');
    const second = once(next, 'close');
    next.on('error', () => {}).resume();
    next.write(SECOND);
    await second;
    expect(proxy.fired.map(({ atMs }) => atMs)).toEqual([500, 1500]);
  });
});
