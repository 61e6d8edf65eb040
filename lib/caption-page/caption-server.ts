import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FunAsrError, systemCode } from '../core/errors.ts';
import { optionName } from '../core/option-names.ts';
import type { Sentence } from '../sentence.ts';
import { checkSite, urlOf } from '../service/admission.ts';
import { hostNames } from '../service/host-names.ts';
import { ignoresUpgrade } from '../service/ignored-upgrade.ts';
import { CaptionPage } from './caption-page.ts';

/** Options of {@link startCaptionServer}. */
export interface CaptionServerOptions {
  /** Sentences to show, partial and final. */
  readonly sentences: AsyncIterable<Sentence>;
  /** Port to listen on. @default 8711, or any free one if that is in use */
  readonly port?: number | undefined;
}

/** A running server of a caption page. */
export interface CaptionServer {
  /** Address of the page. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** A program that shows the overlay needs an address that stays the same. */
const DEFAULT_PORT = 8711;
const HEADERS_MS = 5000;

/**
 * Serves a caption page on this machine only, without a recognition service, for sentences of this process.
 * @throws {FunAsrError} `E_PORT`
 */
export async function startCaptionServer({ sentences, port }: CaptionServerOptions): Promise<CaptionServer> {
  const server = createServer({ maxHeaderSize: 8192, headersTimeout: HEADERS_MS });
  await listenOn(server, port);
  const bound = (server.address() as AddressInfo).port;
  const hosts = hostNames(HOST, bound);
  const origin = `http://${HOST}:${bound}`;
  const checkPage = (request: IncomingMessage) => checkSite(request, hosts, true);
  const page = new CaptionPage({ origin, checkPage, acceptsKey: () => true }, { sentences });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    const url = urlOf(request);
    if (url && page.hasPath(url.pathname)) page.request(request, response, url);
    else response.writeHead(url ? 404 : 400, { connection: 'close' }).end();
  });
  server.on('upgrade', (request, socket, head) => {
    if (ignoresUpgrade(server, request, socket, head)) return;
    socket.on('error', () => socket.destroy());
    page.upgrade(request, socket, head);
  });
  return {
    url: `${origin}/`,
    async close() {
      // What the pages have not received yet is sent first.
      await page.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listenOn(server: Server, port: number | undefined): Promise<void> {
  try {
    await listen(server, port ?? DEFAULT_PORT);
  } catch (cause) {
    if (port === undefined && systemCode(cause) === 'EADDRINUSE') return await listen(server, 0);
    const reason = systemCode(cause) ?? 'failed';
    throw new FunAsrError('E_PORT', `port ${port ?? DEFAULT_PORT} on ${HOST} cannot be opened (${reason})`, {
      cause,
      hint: `Choose another ${optionName('port')}; 0 chooses a free one.`,
    });
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
