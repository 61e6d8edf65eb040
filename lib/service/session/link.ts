/** A message of a client: audio, or the text of an action. */
export type ClientMessage = Buffer | string;

/**
 * The connection to one client, as its session uses it. It is independent of WebSockets, so that tests can put their own
 * implementation between client and session.
 */
export interface Link {
  /** Calls a function with each message. */
  onMessage(listener: (message: ClientMessage) => void): void;
  /** Calls a function once, when the connection has ended for any reason. */
  onClose(listener: () => void): void;
  /** @param written Called when the message has left the process, and also when the connection was lost before that. */
  send(message: string | Buffer, written: () => void): void;
  /** Stops reading until {@link resume}. Messages that were read already may still arrive. */
  pause(): void;
  resume(): void;
  /** Ends the connection with a close frame. */
  close(code: number): void;
  /** Ends the connection at once and without a close frame, as when the process crashes. */
  destroy(): void;
  /** Like {@link destroy}, but with a TCP reset: the client may lose data that it has not read yet. */
  reset(): void;
}
