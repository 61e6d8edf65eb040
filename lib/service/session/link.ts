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
