import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ConnectProxy extends AsyncDisposable {
  /** The value for `HTTPS_PROXY`. */
  readonly url: string;
  /** The targets that clients requested, in order. */
  readonly requests: readonly string[];
  /** Resolves when no client is connected. */
  idle(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** Port on this machine to which every host name is connected. */
  readonly port?: number;
  /** The required `Proxy-Authorization`. */
  readonly authorization?: string;
  /** Refuses all requests with this status; 0 does not answer. */
  readonly status?: number;
}

/** Starts a forward proxy that supports only CONNECT. */
export async function startConnectProxy({
  port = 0,
  authorization,
  status = 200,
}: ConnectProxyOptions): Promise<ConnectProxy> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  let whenIdle = () => {};
  const server = createServer();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      open.delete(socket);
      if (open.size === 0) whenIdle();
    });
  });
  server.on('connect', (request, client: Socket, head) => {
    requests.push(request.url ?? '');
    const isAuthorized =
      authorization === undefined || request.headers['proxy-authorization'] === authorization;
    const answer = isAuthorized ? status : 407;
    if (answer === 0) {
      // Keeps reading, to detect that the client closes the connection.
      client.resume().once('end', () => client.end());
      return;
    }
    if (answer !== 200) {
      client.end(`HTTP/1.1 ${answer} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const service = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      service.write(head);
      service.pipe(client).pipe(service);
    });
    service.on('error', () => client.destroy());
    client.once('close', () => service.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    idle: () =>
      new Promise((resolve) => {
        whenIdle = resolve;
        if (open.size === 0) resolve();
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
