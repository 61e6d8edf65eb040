import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that the script answers. */
export interface ScriptedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ScriptedAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

export interface ScriptedHttp extends AsyncDisposable {
  /** The value for `httpBaseUrl`. */
  readonly url: string;
  readonly port: number;
  /** All requests so far, in order. */
  readonly requests: readonly ScriptedRequest[];
}

/** Starts an HTTP server that sends the answers of a script; undefined sends no answer. */
export async function startScriptedHttp(
  script: (request: ScriptedRequest, index: number) => ScriptedAnswer | undefined,
): Promise<ScriptedHttp> {
  const requests: ScriptedRequest[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const request = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body,
      };
      const answer = script(request, requests.push(request) - 1);
      if (!answer) return;
      const { status = 200, headers = {}, body: content = {} } = answer;
      response
        .writeHead(status, headers)
        .end(typeof content === 'string' ? content : JSON.stringify(content));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
