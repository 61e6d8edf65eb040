import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { CERTIFICATE } from './tls-front.ts';

/** The name in the certificate. */
const NAME = 'fun-asr.test';

/** A reverse proxy for HTTPS on this machine, as Caddy or nginx. */
export interface HttpsProxy {
  /** Its public address: `https://fun-asr.test:<port>`, with a self-signed certificate. */
  readonly url: string;
  readonly port: number;
  /** Connects clients to it under its public name, and checks its certificate. */
  readonly agent: Agent;
  /** Sets the port of the service behind it. */
  forwardTo(port: number): void;
  /** Sends a request to it under its public name, unless `headers` has another `host`. */
  ask(path: string, options?: ProxyRequest): Promise<IncomingMessage>;
}

export interface ProxyRequest {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/**
 * Starts a reverse proxy. It is closed when the test ends.
 * @param keepsHost Whether it passes on `Host`, as Caddy does; nginx sends the address of the service unless told otherwise.
 */
export async function startHttpsProxy({ keepsHost = true } = {}): Promise<HttpsProxy> {
  const certificate = await readFile(CERTIFICATE, 'utf8');
  const open = new Set<Socket>();
  let target = 0;
  const forwarded = ({ method, url, headers, socket }: IncomingMessage) => {
    const added: OutgoingHttpHeaders = {
      'x-forwarded-for': socket.remoteAddress,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': headers.host,
    };
    const host = keepsHost ? headers.host : `127.0.0.1:${target}`;
    const path = url ?? '/';
    return httpRequest({
      port: target,
      host: '127.0.0.1',
      method,
      path,
      headers: { ...headers, ...added, host },
    });
  };
  const server = createServer({ cert: certificate, key: certificate }, (request, response) => {
    const passing = forwarded(request);
    passing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passing.on('error', () => response.destroy());
    response.once('close', () => passing.destroy());
    request.pipe(passing);
  });
  server.on('upgrade', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    const passing = forwarded(request);
    client.on('error', () => passing.destroy());
    passing.on('error', () => client.destroy());
    passing.on('response', (answer) => {
      client.write(headOf(answer));
      answer.pipe(client);
    });
    passing.on('upgrade', (answer, service, first) => {
      client.write(headOf(answer));
      client.write(first);
      service.write(head);
      service.on('error', () => client.destroy());
      client.on('error', () => service.destroy());
      service.pipe(client).pipe(service);
    });
    passing.end();
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // A client that does not trust the certificate closes the connection.
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ ca: certificate, servername: NAME });
  return {
    url: `https://${NAME}:${port}`,
    port,
    agent,
    forwardTo: (service) => {
      target = service;
    },
    async ask(path, { method, headers = {}, body } = {}) {
      const host = `${NAME}:${port}`;
      const all = { host, connection: 'close', ...headers };
      const asking = httpsRequest({ agent, host: '127.0.0.1', port, path, method, headers: all });
      const [response] = await once(asking.end(body), 'response');
      return response;
    },
  };
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let n = 0; n < rawHeaders.length; n += 2) lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
