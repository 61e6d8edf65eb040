import { createServer, type Server } from 'node:http';
import { type FunAsrError, systemCode } from '../core/errors.ts';
import type { Sentence } from '../sentence.ts';
import { checkSite, originOf, urlOf } from '../service/admission.ts';
import { checkToken } from '../service/exposure.ts';
import { listen, OpenSockets } from '../service/http-server.ts';
import { ignoresUpgrade } from '../service/ignored-upgrade.ts';
import { Keys } from '../service/keys.ts';
import { sitesOf } from '../service/sites.ts';
import { CaptionPage, type PageServer } from './caption-page.ts';

/** Options of {@link startCaptionServer}. */
export interface CaptionServerOptions {
  /** Sentences to show, partial and final. */
  readonly sentences: AsyncIterable<Sentence>;
  /** Port to listen on. @default 8711, or any free one if that is in use */
  readonly port?: number | undefined;
  /** Address of a reverse proxy in front of the page. Needs a `token`. @default none */
  readonly publicUrl?: string | undefined;
  /** What a browser must know to open the page; at least 22 characters with `publicUrl`. @default nothing */
  readonly token?: string | undefined;
}

/** A running server of a caption page. */
export interface CaptionServer {
  /** Address of the page: the public one, if there is one. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** A program that shows the overlay needs an address that stays the same. */
const DEFAULT_PORT = 8711;
const HEADERS_MS = 5000;

/**
 * Serves a caption page without a recognition service, for sentences of this process. It listens on this machine only.
 * @throws {FunAsrError} `E_OPTION`, `E_PORT`
 */
export async function startCaptionServer({
  sentences,
  port,
  publicUrl,
  token,
}: CaptionServerOptions): Promise<CaptionServer> {
  checkToken({ host: HOST, publicUrl }, token);
  const server = createServer({ maxHeaderSize: 8192, headersTimeout: HEADERS_MS });
  const open = new OpenSockets(server);
  // A proxy forwards to a port that stays the same.
  const bound = await listenOn(server, publicUrl === undefined ? port : (port ?? DEFAULT_PORT));
  const sites = sitesOf({ host: HOST, port: bound, publicUrl });
  const keys = new Keys(token);
  const service: PageServer = {
    checkPage: (request) => checkSite(request, sites, true),
    originOf: (request) => originOf(request, sites),
    acceptsKey: (key) => keys.accepts(key),
  };
  const page = new CaptionPage(service, { sentences });
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
    url: `${sites.publicOrigin ?? `http://${HOST}:${bound}`}/`,
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
