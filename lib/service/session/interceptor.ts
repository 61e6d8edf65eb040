import type { IncomingMessage } from 'node:http';
import type { Rejection } from '../admission.ts';
import type { Engine } from '../engine.ts';
import type { Link } from './link.ts';

/** What a session is made of: the connection to its client, and the engine. */
export interface SessionParts {
  readonly link: Link;
  readonly engine: Engine;
}

/** Changes what sessions work with, for tests: to inject faults, or to keep a log. */
export interface Interceptor {
  /**
   * Decides on a request that the service would accept: a {@link Rejection} refuses it, `ignore` leaves the client
   * without any answer, undefined opens the WebSocket.
   */
  admit?(request: IncomingMessage): Rejection | 'ignore' | undefined;
  /** Returns the parts for the session of a new client, made from the original parts. */
  connect?(parts: SessionParts): SessionParts;
}
