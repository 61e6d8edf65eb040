import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Link } from './link.ts';

/** So much may wait to be sent when a ping is still answered, in bytes. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The link over a WebSocket that does not answer pings by itself, and the socket below it. */
export function webSocketLink(webSocket: WebSocket, socket: Duplex): Link {
  // The close event that follows says all there is to do.
  webSocket.on('error', () => {});
  // Who pings and reads no answers would fill the memory with them. The protocol asks for one to the last ping only.
  webSocket.on('ping', (data) => {
    if (webSocket.bufferedAmount <= MAX_WAITING_BYTES) webSocket.pong(data);
  });
  return {
    onMessage: (take) =>
      webSocket.on('message', (data, isBinary) => {
        if (Buffer.isBuffer(data)) take(isBinary ? data : data.toString('utf8'));
      }),
    onClose: (end) => webSocket.once('close', end),
    send: (message, written) => webSocket.send(message, () => written()),
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    close: (code) => webSocket.close(code),
    destroy: () => webSocket.terminate(),
    reset: () => (socket instanceof Socket ? socket.resetAndDestroy() : socket.destroy()),
  };
}
