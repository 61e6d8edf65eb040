import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Headers that ask for another protocol. Without them the request is an ordinary one. */
const UPGRADE_HEADERS: readonly string[] = ['connection', 'upgrade', 'http2-settings'];

/**
 * Answers a request that offers another protocol than a WebSocket as if it offered none, as HTTP allows. Some clients offer
 * HTTP/2 with every request, such as the one of Java. Node.js has stopped to read the connection at the offer, so the server
 * reads the request again, without it.
 * @returns Whether the request is of this kind.
 */
export function ignoresUpgrade(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): boolean {
  if (request.headers.upgrade?.trim().toLowerCase() === 'websocket') return false;
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let n = 0; n < request.rawHeaders.length; n += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(n, n + 2);
    if (!UPGRADE_HEADERS.includes(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  if (/\bclose\b/i.test(request.headers.connection ?? '')) lines.push('Connection: close');
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
  return true;
}
