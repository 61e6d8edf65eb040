import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** What a client sends: audio, or the text of an action. */
export type ClientMessage = Buffer | string;

/** The way to one client as its session sees it, with nothing of WebSockets: what stands in between can be exchanged. */
export interface Link {
  /** Gives each message as it comes. */
  onMessage(take: (message: ClientMessage) => void): void;
  /** Calls once, when the connection has ended, whoever ended it. */
  onClose(end: () => void): void;
  /** @param written Called when the message has left, and also when the connection was lost with it. */
  send(message: string | Buffer, written: () => void): void;
  /** Reads no further until {@link resume}. Messages that were read already may still come. */
  pause(): void;
  resume(): void;
  /** Ends the connection with a close code. */
  close(code: number): void;
  /** Ends it at once and without a word, as when the process behind it dies. */
  destroy(): void;
  /** The same with a reset: what the client has not read yet may be lost. */
  reset(): void;
}

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
