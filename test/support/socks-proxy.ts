import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SocksProxy extends AsyncDisposable {
  readonly port: number;
  /** The requested destinations, in order: `host:port`. */
  readonly requests: readonly string[];
  /** Resolves when no client is connected. */
  idle(): Promise<void>;
}

export interface SocksProxyOptions {
  /** Port on this machine to which every destination is connected. */
  readonly port?: number;
  /** The only user and password that are accepted, as `user:password`. @default no authentication */
  readonly credentials?: string;
  /** Reply to every request (RFC 1928, section 6): 0 connects. @default 0 */
  readonly reply?: number;
  /** Accepts connections and never answers. */
  readonly isSilent?: boolean;
  /** Address to listen at. @default '127.0.0.1' */
  readonly host?: string;
}

/**
 * Starts a SOCKS5 proxy on this machine that supports the command CONNECT (RFC 1928) with or without a password (RFC
 * 1929).
 */
export async function startSocksProxy(options: SocksProxyOptions = {}): Promise<SocksProxy> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  let whenIdle = () => {};
  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => {});
    client.once('close', () => {
      open.delete(client);
      if (open.size === 0) whenIdle();
    });
    serve(client, options, requests).catch(() => client.destroy());
  });
  server.listen(0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    idle: () =>
      new Promise((resolve) => {
        whenIdle = resolve;
        if (open.size === 0) resolve();
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const NO_PASSWORD = 0;
const PASSWORD = 2;
const NONE_ACCEPTABLE = 0xff;

async function serve(
  client: Socket,
  { port = 0, credentials, reply = 0, isSilent = false }: SocksProxyOptions,
  requests: string[],
): Promise<void> {
  if (isSilent) {
    client.resume();
    return;
  }
  const [, methodCount = 0] = await read(client, 2);
  const methods = await read(client, methodCount);
  const method = credentials === undefined ? NO_PASSWORD : PASSWORD;
  if (!methods.includes(method)) return void client.end(Buffer.of(5, NONE_ACCEPTABLE));
  client.write(Buffer.of(5, method));
  if (method === PASSWORD) {
    await read(client, 1);
    const given = `${await readString(client)}:${await readString(client)}`;
    if (given !== credentials) return void client.end(Buffer.of(1, 1));
    client.write(Buffer.of(1, 0));
  }
  const [, , , kind] = await read(client, 4);
  const host =
    kind === 3 ? await readString(client) : [...(await read(client, kind === 1 ? 4 : 16))].join('.');
  requests.push(`${host}:${(await read(client, 2)).readUInt16BE()}`);
  const answer = Buffer.of(5, reply, 0, 1, 127, 0, 0, 1, 0, 0);
  if (reply !== 0) return void client.end(answer);
  const service = connect(port, '127.0.0.1', () => {
    client.write(answer);
    service.pipe(client).pipe(service);
  });
  service.on('error', () => client.destroy());
  client.once('close', () => service.destroy());
}

async function readString(client: Socket): Promise<string> {
  const [length = 0] = await read(client, 1);
  return (await read(client, length)).toString();
}

async function read(client: Socket, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  for (;;) {
    const chunk: unknown = client.read(bytes);
    if (Buffer.isBuffer(chunk)) return chunk;
    await once(client, 'readable', { signal: AbortSignal.timeout(10_000) });
  }
}
