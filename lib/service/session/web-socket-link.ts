import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Link } from './link.ts';

/** Most data that may wait to be sent while pings are answered, in bytes. */
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Makes a {@link Link} of a WebSocket.
 * @param webSocket Must not answer pings by itself.
 * @param socket The socket of its connection.
 */
export function webSocketLink(webSocket: WebSocket, socket: Duplex): Link {
  // The close event follows, which is handled.
  webSocket.on('error', () => {});
  // A client that sends pings and reads no answers would fill the memory. Only the last ping needs an answer.
  webSocket.on('ping', (data) => {
    if (webSocket.bufferedAmount <= MAX_WAITING_BYTES) webSocket.pong(data);
  });
  return {
    onMessage: (listener) =>
      webSocket.on('message', (data, isBinary) => {
        if (Buffer.isBuffer(data)) listener(isBinary ? data : data.toString('utf8'));
      }),
    onClose: (listener) => webSocket.once('close', listener),
    send: (message, written) => webSocket.send(message, () => written()),
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    close: (code) => webSocket.close(code),
    destroy: () => webSocket.terminate(),
    reset: () => (socket instanceof Socket ? socket.resetAndDestroy() : socket.destroy()),
  };
}
