import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type FunAsrError, systemCode } from '../core/errors.ts';
import type { Sentence } from '../sentence.ts';
import { checkSite, urlOf } from '../service/admission.ts';
import { hostNames } from '../service/host-names.ts';
import { listen, OpenSockets } from '../service/http-server.ts';
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
  const open = new OpenSockets(server);
  const bound = await listenOn(server, port);
  const hosts = hostNames(HOST, bound);
  const origin = `http://${HOST}:${bound}`;
  const checkPage = (request: IncomingMessage) => checkSite(request, hosts, true);
  const page = new CaptionPage({ origin, checkPage, acceptsKey: () => true }, { sentences });
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
      await open.close();
    },
  };
}

/** Listens on a port; without one, on the usual port or on any free one. */
async function listenOn(server: Server, port: number | undefined): Promise<number> {
  try {
    return await listen(server, port ?? DEFAULT_PORT, HOST);
  } catch (error) {
    const isInUse = systemCode((error as FunAsrError).cause) === 'EADDRINUSE';
    if (port === undefined && isInUse) return await listen(server, 0, HOST);
    throw error;
  }
}
